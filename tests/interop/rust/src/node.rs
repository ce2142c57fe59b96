//! The swarm: TCP, Noise or TLS, yamux; GossipSub, identify, ping, and mDNS where it is asked for.

use crate::events::{emit, emit_error, emit_message};
use crate::options::{Options, Policy};
use crate::payload::make_payload;
use libp2p::core::upgrade::Version;
use libp2p::gossipsub::{self, IdentTopic, MessageAuthenticity, MessageId, ValidationMode};
use libp2p::multiaddr::Protocol;
use libp2p::pnet::{PnetConfig, PreSharedKey};
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Transport, identify, identity, mdns, noise, ping, tcp, tls, yamux};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::Duration;

/// GossipSub alone keeps a connection alive only while it is in a mesh; a test decides itself when to disconnect.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);

type Failure = Box<dyn Error + Send + Sync>;

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    gossipsub: gossipsub::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// The peer under test.
pub struct Node {
    swarm: Swarm<Behaviour>,
    redial: Vec<(PeerId, Multiaddr)>,
}

impl Node {
    /// Subscribes before it listens: whoever connects finds the topics in the first RPC.
    pub fn start(options: &Options) -> Result<Self, Failure> {
        let mut node = Node {
            swarm: new_swarm(options)?,
            redial: Vec::new(),
        };
        for topic in &options.topics {
            node.subscribe(topic)?;
        }
        for address in &options.listen {
            node.swarm.listen_on(address.parse()?)?;
        }
        for address in &options.peers {
            node.redial.push(split_address(address)?);
        }
        Ok(node)
    }

    pub async fn next_event(&mut self) -> SwarmEvent<BehaviourEvent> {
        use futures::StreamExt;
        self.swarm.select_next_some().await
    }

    /// Called every second: dials the `--peer` addresses that are not connected. Failures are silent, the other side
    /// may not be there yet.
    pub fn redial(&mut self) {
        for (peer, address) in self.redial.clone() {
            let _ = self.swarm.dial(dial_options(peer, address));
        }
    }

    pub fn dial(&mut self, address: &str) -> Result<(), Failure> {
        let (peer, address) = split_address(address)?;
        Ok(self.swarm.dial(dial_options(peer, address))?)
    }

    pub fn subscribe(&mut self, topic: &str) -> Result<(), Failure> {
        self.gossipsub().subscribe(&IdentTopic::new(topic))?;
        Ok(())
    }

    pub fn unsubscribe(&mut self, topic: &str) {
        self.gossipsub().unsubscribe(&IdentTopic::new(topic));
    }

    pub fn publish(&mut self, topic: &str, data: Vec<u8>) {
        match self.gossipsub().publish(IdentTopic::new(topic), data) {
            Ok(_) => emit(json!({"event": "published", "topic": topic})),
            Err(error) => {
                emit(json!({"event": "publish_failed", "topic": topic, "error": error.to_string()}))
            }
        }
    }

    pub fn report_mesh(&mut self, topic: &str) {
        let hash = IdentTopic::new(topic).hash();
        let mut peers: Vec<String> = self
            .gossipsub()
            .mesh_peers(&hash)
            .map(PeerId::to_string)
            .collect();
        peers.sort();
        emit(json!({"event": "mesh", "topic": topic, "peers": peers}));
    }

    pub fn handle(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { address, .. } => {
                let address = address.with(Protocol::P2p(*self.swarm.local_peer_id()));
                emit(json!({"event": "listening", "addr": address.to_string()}));
            }
            SwarmEvent::ListenerError { error, .. } => emit_error(error),
            SwarmEvent::ListenerClosed {
                reason: Err(error), ..
            } => emit_error(error),
            SwarmEvent::ConnectionEstablished {
                peer_id,
                num_established,
                ..
            } if num_established.get() == 1 => {
                emit(json!({"event": "connected", "peer": peer_id.to_string()}));
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established: 0,
                cause,
                ..
            } => {
                eprintln!("connection to {peer_id} closed: {cause:?}");
                emit(json!({"event": "disconnected", "peer": peer_id.to_string()}));
            }
            SwarmEvent::OutgoingConnectionError { peer_id, error, .. } => {
                self.report_dial_error(peer_id, &error.to_string());
            }
            SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(event)) => report_gossip(event),
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Discovered(found))) => {
                self.dial_found(found);
            }
            _ => {}
        }
    }

    /// Some may be dialled already: what comes of that is what counts.
    fn dial_found(&mut self, found: Vec<(PeerId, Multiaddr)>) {
        for (peer, address) in found {
            emit(json!({"event": "found", "peer": peer.to_string()}));
            let _ = self.swarm.dial(dial_options(peer, address));
        }
    }

    fn report_dial_error(&self, peer: Option<PeerId>, error: &str) {
        if self.redial.iter().any(|(known, _)| Some(*known) == peer) {
            eprintln!("dial failed, will be tried again: {error}");
        } else {
            emit_error(error);
        }
    }

    fn gossipsub(&mut self) -> &mut gossipsub::Behaviour {
        &mut self.swarm.behaviour_mut().gossipsub
    }
}

fn report_gossip(event: gossipsub::Event) {
    let (name, peer, topic) = match event {
        gossipsub::Event::Message { message, .. } => return emit_message(&message),
        gossipsub::Event::Subscribed { peer_id, topic, .. } => ("subscribed", peer_id, topic),
        gossipsub::Event::Unsubscribed { peer_id, topic } => ("unsubscribed", peer_id, topic),
        other => return eprintln!("{other:?}"),
    };
    emit(json!({"event": name, "peer": peer.to_string(), "topic": topic.as_str()}));
}

fn new_swarm(options: &Options) -> Result<Swarm<Behaviour>, Failure> {
    let identity = match options.identity_seed {
        Some(seed) => identity::Keypair::ed25519_from_bytes(make_payload(seed, 32))?,
        None => identity::Keypair::generate_ed25519(),
    };
    if let Some(file) = &options.swarm_key {
        return new_private_swarm(identity, file, options);
    }
    let builder = libp2p::SwarmBuilder::with_existing_identity(identity).with_tokio();
    let (tcp, yamux) = (tcp::Config::default(), yamux::Config::default);
    // Two types, of which only what follows is the same.
    if options.tls {
        let transport = builder.with_tcp(tcp, tls::Config::new, yamux)?;
        return Ok(transport
            .with_behaviour(|key| new_behaviour(key, options))?
            .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
            .build());
    }
    let transport = builder.with_tcp(tcp, noise::Config::new, yamux)?;
    Ok(transport
        .with_behaviour(|key| new_behaviour(key, options))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
        .build())
}

/// The same in a private network, which is not among what the builder has of TCP.
fn new_private_swarm(
    identity: identity::Keypair,
    file: &str,
    options: &Options,
) -> Result<Swarm<Behaviour>, Failure> {
    let key: PreSharedKey = std::fs::read_to_string(file)?.parse()?;
    let swarm = libp2p::SwarmBuilder::with_existing_identity(identity)
        .with_tokio()
        .with_other_transport(|identity| {
            let tcp = tcp::tokio::Transport::new(tcp::Config::default())
                .and_then(move |socket, _| PnetConfig::new(key).handshake(socket));
            Ok(tcp
                .upgrade(Version::V1Lazy)
                .authenticate(noise::Config::new(identity)?)
                .multiplex(yamux::Config::default()))
        })?
        .with_behaviour(|key| new_behaviour(key, options))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
        .build();
    Ok(swarm)
}

fn new_behaviour(key: &identity::Keypair, options: &Options) -> Result<Behaviour, Failure> {
    let authenticity = match options.policy {
        Policy::StrictSign => MessageAuthenticity::Signed(key.clone()),
        Policy::StrictNoSign => MessageAuthenticity::Anonymous,
    };
    Ok(Behaviour {
        gossipsub: gossipsub::Behaviour::new(authenticity, gossip_config(options)?)?,
        identify: identify::Behaviour::new(identify::Config::new(
            "ipfs/0.1.0".into(),
            key.public(),
        )),
        ping: ping::Behaviour::default(),
        mdns: match options.mdns {
            true => Some(mdns::tokio::Behaviour::new(
                mdns::Config::default(),
                key.public().to_peer_id(),
            )?),
            false => None,
        }
        .into(),
    })
}

fn gossip_config(options: &Options) -> Result<gossipsub::Config, Failure> {
    let mut builder = gossipsub::ConfigBuilder::default();
    builder
        .max_transmit_size(options.max_size)
        // The library waits for 5 s before its first heartbeat; the others and the specification for 100 ms.
        .heartbeat_initial_delay(Duration::from_millis(100));
    match options.policy {
        Policy::StrictSign => builder.message_id_fn(id_from_author),
        Policy::StrictNoSign => builder
            .validation_mode(ValidationMode::Anonymous)
            .message_id_fn(id_from_data),
    };
    if options.no_mesh {
        builder
            .mesh_n(0)
            .mesh_n_low(0)
            .mesh_n_high(0)
            .mesh_outbound_min(0);
    }
    if let Some(on) = options.flood_publish {
        builder.flood_publish(on);
    }
    match options.protocol.as_deref() {
        None => {}
        Some("/meshsub/1.1.0") => {
            builder.protocol_id("/meshsub/1.1.0", gossipsub::Version::V1_1);
        }
        Some("/meshsub/1.0.0") => {
            builder.protocol_id("/meshsub/1.0.0", gossipsub::Version::V1_0);
        }
        Some(other) => return Err(format!("this library cannot be restricted to {other}").into()),
    }
    Ok(builder.build()?)
}

fn id_from_author(message: &gossipsub::Message) -> MessageId {
    let mut id = message
        .source
        .map(|peer| peer.to_bytes())
        .unwrap_or_default();
    id.extend_from_slice(&message.sequence_number.unwrap_or_default().to_be_bytes());
    MessageId::from(id)
}

fn id_from_data(message: &gossipsub::Message) -> MessageId {
    MessageId::from(Sha256::digest(&message.data).to_vec())
}

fn dial_options(peer: PeerId, address: Multiaddr) -> DialOpts {
    DialOpts::peer_id(peer)
        .condition(PeerCondition::DisconnectedAndNotDialing)
        .addresses(vec![address])
        .build()
}

/// Splits `/ip4/…/tcp/…/p2p/ID` into the peer and its address.
fn split_address(text: &str) -> Result<(PeerId, Multiaddr), Failure> {
    let mut address: Multiaddr = text.parse()?;
    match address.pop() {
        Some(Protocol::P2p(peer)) => Ok((peer, address)),
        _ => Err(format!("{text} does not end in /p2p/ID").into()),
    }
}
