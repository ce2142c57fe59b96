//! What is published and what is delivered.

use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// A message begins with the time when it was published in nanoseconds, and 8 random bytes that make it unique.
const STAMP_SIZE: usize = 8;
const HEADER_SIZE: usize = STAMP_SIZE + 8;

/// The relays run on one machine: all read the same clock.
fn wall_clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_nanos() as u64
}

/// Publishes steadily.
#[derive(Default)]
pub struct Publisher {
    load: Option<Load>,
}

struct Load {
    begin: Instant,
    rate: f64,
    size: usize,
    total: usize,
    /// Messages that were tried, and those that went.
    tried: usize,
    published: usize,
}

impl Publisher {
    pub fn start(&mut self, rate: f64, seconds: f64, size: usize) {
        self.load = Some(Load {
            begin: Instant::now(),
            rate,
            size: size.max(HEADER_SIZE),
            total: (rate * seconds).round() as usize,
            tried: 0,
            published: 0,
        });
    }

    /// Waits until a message is due; forever if none is left.
    pub async fn next_message(&self) -> Vec<u8> {
        let Some(load) = &self.load else {
            return std::future::pending().await;
        };
        let due = Duration::from_secs_f64(load.tried as f64 / load.rate);
        tokio::time::sleep_until(load.begin + due).await;
        let mut data = vec![0; load.size];
        data[STAMP_SIZE..HEADER_SIZE].copy_from_slice(&rand::random::<[u8; 8]>());
        data[..STAMP_SIZE].copy_from_slice(&wall_clock().to_le_bytes());
        data
    }

    /// Tells whether the message went.
    pub fn done(&mut self, published: bool) {
        if let Some(load) = &mut self.load {
            load.tried += 1;
            load.published += usize::from(published);
        }
    }

    /// How many messages were published, once all have been tried.
    pub fn finish(&mut self) -> Option<usize> {
        let load = self.load.take_if(|load| load.tried >= load.total)?;
        Some(load.published)
    }
}

/// How long each message took since the last report, in microseconds.
#[derive(Default)]
pub struct DeliveryLog {
    latencies: Vec<i64>,
}

impl DeliveryLog {
    pub fn add(&mut self, data: &[u8]) {
        let now = wall_clock();
        if data.len() < HEADER_SIZE {
            return;
        }
        if let Some(stamp) = data.first_chunk() {
            let published = u64::from_le_bytes(*stamp);
            self.latencies.push((now as i64 - published as i64) / 1000);
        }
    }

    /// The answer to the command `report`; forgets what it tells.
    pub fn report(&mut self) -> String {
        let latencies = std::mem::take(&mut self.latencies);
        json!({"delivered": latencies.len(), "latencies_us": latencies}).to_string()
    }
}
