//! The swarm: TCP, Noise, yamux; GossipSub and identify.

use crate::options::Options;
use crate::traffic::DeliveryLog;
use futures::StreamExt;
use libp2p::gossipsub::{self, IdentTopic, MessageAuthenticity, MessageId, ValidationMode};
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{Multiaddr, SwarmBuilder, identify, identity, noise, tcp, yamux};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::Duration;

/// Connections of peers that are in no mesh stay, too.
const IDLE_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// How many messages may wait for a peer, and how long. The library's 5,000 are a burst of less than a second, and it
/// drops what it forwards after 1 s.
const QUEUE_LENGTH: usize = 65_536;
const QUEUE_TIME: Duration = Duration::from_secs(60);

/// Control in one RPC: go's default. The library takes an RPC with more than 16 KiB, which is gossip about 400 messages,
/// for an attack and closes the stream.
const CONTROL_SIZE: usize = 512 * 1024;

pub type Failure = Box<dyn Error + Send + Sync>;

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    gossipsub: gossipsub::Behaviour,
    identify: identify::Behaviour,
}

pub struct Node {
    swarm: Swarm<Behaviour>,
    topic: IdentTopic, // the one that is published to
    dials: Vec<ConnectionId>,
    deliveries: DeliveryLog,
}

impl Node {
    /// Subscribes before it listens: whoever connects finds the topics in the first RPC.
    pub fn start(options: &Options) -> Result<Self, Failure> {
        let mut swarm = new_swarm(options)?;
        for i in 0..options.topics {
            let topic = IdentTopic::new(format!("bench-{i}"));
            swarm.behaviour_mut().gossipsub.subscribe(&topic)?;
        }
        swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
        Ok(Node {
            swarm,
            topic: IdentTopic::new("bench-0"),
            dials: Vec::new(),
            deliveries: DeliveryLog::default(),
        })
    }

    pub async fn next_event(&mut self) -> SwarmEvent<BehaviourEvent> {
        self.swarm.select_next_some().await
    }

    /// The line that the event is worth, if any.
    pub fn handle(&mut self, event: SwarmEvent<BehaviourEvent>) -> Option<String> {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(gossipsub::Event::Message {
                message,
                ..
            })) => self.deliveries.add(&message.data),
            SwarmEvent::NewListenAddr { address, .. } => {
                let address = address.with(Protocol::P2p(*self.swarm.local_peer_id()));
                return Some(address.to_string());
            }
            SwarmEvent::ConnectionEstablished { connection_id, .. } => {
                return self.end_dial(connection_id, || "connected".into());
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } => {
                return self.end_dial(connection_id, || {
                    format!("failed {}", error.to_string().replace('\n', " "))
                });
            }
            _ => {}
        }
        None
    }

    /// Answered by a later event.
    pub fn connect(&mut self, address: &str) -> Result<(), Failure> {
        let address: Multiaddr = address.parse()?;
        let Some(Protocol::P2p(peer)) = address.iter().last() else {
            return Err("the address does not end in /p2p/ID".into());
        };
        let dial = DialOpts::peer_id(peer)
            .condition(PeerCondition::NotDialing)
            .addresses(vec![address])
            .build();
        let id = dial.connection_id();
        self.swarm.dial(dial)?;
        self.dials.push(id);
        Ok(())
    }

    fn end_dial(&mut self, id: ConnectionId, answer: impl Fn() -> String) -> Option<String> {
        let place = self.dials.iter().position(|dial| *dial == id)?;
        self.dials.swap_remove(place);
        Some(answer())
    }

    /// Whether it went to anybody.
    pub fn publish(&mut self, data: Vec<u8>) -> bool {
        let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
        gossipsub.publish(self.topic.clone(), data).is_ok()
    }

    pub fn report(&mut self) -> String {
        self.deliveries.report()
    }
}

fn new_swarm(options: &Options) -> Result<Swarm<Behaviour>, Failure> {
    let swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(
            tcp::Config::default(),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_behaviour(|key| new_behaviour(key, options))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
        .build();
    Ok(swarm)
}

fn new_behaviour(key: &identity::Keypair, options: &Options) -> Result<Behaviour, Failure> {
    let authenticity = if options.unsigned {
        MessageAuthenticity::Anonymous
    } else {
        MessageAuthenticity::Signed(key.clone())
    };
    let identify = identify::Config::new("ipfs/0.1.0".into(), key.public());
    Ok(Behaviour {
        gossipsub: gossipsub::Behaviour::new(authenticity, gossip_config(options)?)?,
        identify: identify::Behaviour::new(identify),
    })
}

fn gossip_config(options: &Options) -> Result<gossipsub::Config, Failure> {
    let mut builder = gossipsub::ConfigBuilder::default();
    builder
        .mesh_n(options.degree)
        .mesh_n_low(options.degree_low)
        .mesh_n_high(options.degree_high)
        .mesh_outbound_min(0)
        .flood_publish(false)
        .max_transmit_size(options.max_size)
        // The library waits for 5 s before its first heartbeat; the others and the specification for 100 ms.
        .heartbeat_initial_delay(Duration::from_millis(100))
        .connection_handler_queue_len(QUEUE_LENGTH)
        .publish_queue_duration(QUEUE_TIME)
        .forward_queue_duration(QUEUE_TIME)
        .max_control_message_size(CONTROL_SIZE);
    if options.unsigned {
        builder
            .validation_mode(ValidationMode::Anonymous)
            .message_id_fn(id_from_data);
    } else {
        builder.message_id_fn(id_from_author);
    }
    Ok(builder.build()?)
}

fn id_from_author(message: &gossipsub::Message) -> MessageId {
    let mut id = message.source.map_or(Vec::new(), |peer| peer.to_bytes());
    id.extend_from_slice(&message.sequence_number.unwrap_or_default().to_be_bytes());
    MessageId::from(id)
}

fn id_from_data(message: &gossipsub::Message) -> MessageId {
    MessageId::from(Sha256::digest(&message.data).to_vec())
}
