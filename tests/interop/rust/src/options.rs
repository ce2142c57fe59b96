//! What the command line says; ../README.md describes every flag.

/// How published messages are marked, and what is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    StrictSign,
    StrictNoSign,
}

pub struct Options {
    pub listen: Vec<String>,
    pub topics: Vec<String>,
    pub peers: Vec<String>,
    pub policy: Policy,
    pub max_size: usize,
    pub protocol: Option<String>,
    pub no_mesh: bool,
    /// The library's default when not given.
    pub flood_publish: Option<bool>,
    pub identity_seed: Option<u64>,
    /// Whether TLS is spoken, in place of Noise.
    pub tls: bool,
    pub swarm_key: Option<String>,
    pub mdns: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: Vec::new(),
            topics: Vec::new(),
            peers: Vec::new(),
            policy: Policy::StrictSign,
            max_size: 1 << 20,
            protocol: None,
            no_mesh: false,
            flood_publish: None,
            identity_seed: None,
            tls: false,
            swarm_key: None,
            mdns: false,
        }
    }
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options::default();
        while let Some(flag) = arguments.next() {
            if flag == "--no-mesh" {
                options.no_mesh = true;
                continue;
            }
            if flag == "--mdns" {
                options.mdns = true;
                continue;
            }
            let value = arguments
                .next()
                .ok_or_else(|| format!("{flag} needs a value"))?;
            options.set(&flag, value)?;
        }
        if options.listen.is_empty() {
            options.listen.push("/ip4/127.0.0.1/tcp/0".into());
        }
        Ok(options)
    }

    fn set(&mut self, flag: &str, value: String) -> Result<(), String> {
        match flag {
            "--listen" => self.listen.push(value),
            "--topic" => self.topics.push(value),
            "--peer" => self.peers.push(value),
            "--policy" => self.policy = parse_policy(&value)?,
            "--max-size" => self.max_size = parse_number(&value)?,
            "--protocol" => self.protocol = Some(value),
            "--flood-publish" => self.flood_publish = Some(parse_switch(&value)?),
            "--identity-seed" => self.identity_seed = Some(parse_number(&value)?),
            "--swarm-key" => self.swarm_key = Some(value),
            "--security" if value == "noise" => self.tls = false,
            "--security" if value == "tls" => self.tls = true,
            _ => return Err(format!("unknown option: {flag} {value}")),
        }
        Ok(())
    }
}

fn parse_policy(value: &str) -> Result<Policy, String> {
    match value {
        "strict-sign" => Ok(Policy::StrictSign),
        "strict-no-sign" => Ok(Policy::StrictNoSign),
        _ => Err(format!("unknown policy {value}")),
    }
}

fn parse_switch(value: &str) -> Result<bool, String> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("expected on or off, not {value}")),
    }
}

fn parse_number<T: std::str::FromStr>(value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("not a number: {value}"))
}
