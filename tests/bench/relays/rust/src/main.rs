//! A GossipSub node on rust-libp2p for the benchmarks: commands on standard input, one line of answer each on standard
//! output. ../../README.md describes them and what is set here.

mod node;
mod options;
mod traffic;

use node::{Failure, Node};
use options::Options;
use tokio::io::{AsyncBufReadExt, BufReader};
use traffic::Publisher;

// As many workers as the process has cores: the runtime asks for the affinity.
#[tokio::main]
async fn main() {
    let result = run().await;
    if let Err(error) = &result {
        eprintln!("relay: {error}");
    }
    // Standard input is read on a thread of its own that would keep the runtime from ending.
    std::process::exit(result.is_err().into())
}

/// Obeys until the other end of the pipe is gone.
async fn run() -> Result<(), Failure> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut node = Node::start(&options)?;
    let mut publisher = Publisher::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            event = node.next_event() => {
                if let Some(answer) = node.handle(event) {
                    println!("{answer}");
                }
            }
            message = publisher.next_message() => {
                publisher.done(node.publish(message));
                if let Some(count) = publisher.finish() {
                    println!("published {count}");
                }
            }
            line = lines.next_line() => match line? {
                Some(line) => execute(&mut node, &mut publisher, &line)?,
                None => return Ok(()),
            },
        }
    }
}

/// Obeys one command; what takes time is answered when it is done.
fn execute(node: &mut Node, publisher: &mut Publisher, line: &str) -> Result<(), Failure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["connect", address] => {
            if let Err(error) = node.connect(address) {
                println!("failed {error}");
            }
        }
        ["publish", rate, seconds, size] => {
            publisher.start(rate.parse()?, seconds.parse()?, size.parse()?);
        }
        ["report"] => println!("{}", node.report()),
        _ => return Err(format!("unknown command {line:?}").into()),
    }
    Ok(())
}
