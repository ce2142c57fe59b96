//! One JSON object a line on standard output.

use libp2p::gossipsub;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;

/// Up to this size a message event carries the data itself.
const LARGEST_TEXT: usize = 1024;

pub fn emit(event: Value) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{event}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1); // nobody reads any more
    }
}

pub fn emit_error(error: impl ToString) {
    emit(json!({"event": "error", "error": error.to_string()}));
}

pub fn emit_message(message: &gossipsub::Message) {
    let mut event = json!({
        "event": "message",
        "topic": message.topic.as_str(),
        "from": message.source.map(|peer| peer.to_string()),
        "seqno": message.sequence_number.map(|seqno| hex(&seqno.to_be_bytes())),
        "size": message.data.len(),
        "sha256": hex(&Sha256::digest(&message.data)),
    });
    if message.data.len() <= LARGEST_TEXT {
        if let Ok(text) = std::str::from_utf8(&message.data) {
            event["text"] = text.into();
        }
    }
    emit(event);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
