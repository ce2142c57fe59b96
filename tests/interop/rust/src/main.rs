//! A GossipSub peer on rust-libp2p that speaks the line protocol of the interop tests: commands on standard input,
//! events on standard output, one JSON object a line. ../README.md describes it.

mod events;
mod node;
mod options;
mod payload;

use events::emit_error;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};

const REDIAL_INTERVAL: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match options::Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match node::Node::start(&options) {
        Ok(node) => serve(node).await,
        Err(error) => {
            emit_error(error);
            ExitCode::FAILURE
        }
    }
}

/// Runs until it is told to quit or the other end of the pipe is gone.
async fn serve(mut node: node::Node) -> ExitCode {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut redial = tokio::time::interval(REDIAL_INTERVAL);
    loop {
        tokio::select! {
            event = node.next_event() => node.handle(event),
            line = lines.next_line() => match line {
                Ok(Some(line)) => {
                    if !execute(&mut node, &line) {
                        break;
                    }
                }
                _ => break,
            },
            _ = redial.tick() => node.redial(),
        }
    }
    // Standard input is read on a thread of its own that would keep the runtime from ending.
    std::process::exit(0)
}

/// Answers one command; false when that was to quit.
fn execute(node: &mut node::Node, line: &str) -> bool {
    let command: Value = match serde_json::from_str(line) {
        Ok(command) => command,
        Err(error) => {
            emit_error(error);
            return true;
        }
    };
    let topic = command["topic"].as_str().unwrap_or_default();
    let result = match command["cmd"].as_str().unwrap_or_default() {
        "quit" => return false,
        "dial" => node.dial(command["addr"].as_str().unwrap_or_default()),
        "subscribe" => node.subscribe(topic),
        "unsubscribe" => {
            node.unsubscribe(topic);
            Ok(())
        }
        "publish" => {
            node.publish(topic, data_of(&command));
            Ok(())
        }
        "mesh" => {
            node.report_mesh(topic);
            Ok(())
        }
        other => Err(format!("unknown command {other}").into()),
    };
    if let Err(error) = result {
        emit_error(error);
    }
    true
}

fn data_of(command: &Value) -> Vec<u8> {
    if let Some(text) = command["text"].as_str() {
        return text.into();
    }
    let seed = command["seed"].as_u64().unwrap_or_default();
    let size = command["size"].as_u64().unwrap_or_default();
    payload::make_payload(seed, size as usize)
}
