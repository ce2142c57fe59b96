package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

const (
	dialTimeout = 10 * time.Second
	// queueSize is for the queues that drop what does not fit: messages that wait to be validated, and RPCs that wait
	// for one peer. The library's 32 lose messages of a short burst, at any rate.
	queueSize = 65_536
	// subscriptionSize is the same for the application, which is fast; there is one for each topic.
	subscriptionSize = 4096
)

// node is a host, its pubsub, and what was delivered.
type node struct {
	ctx        context.Context
	host       host.Host
	topic      *pubsub.Topic // the one that is published to
	deliveries deliveryLog
}

// startNode subscribes before anybody can connect: whoever does finds the topics in the first RPC.
func startNode(ctx context.Context, o options) (*node, error) {
	h, err := newHost()
	if err != nil {
		return nil, err
	}
	n := &node{ctx: ctx, host: h}
	ps, err := pubsub.NewGossipSub(ctx, h, pubsubOptions(o)...)
	if err != nil {
		return nil, err
	}
	for i := range o.topics {
		topic, err := n.subscribe(ps, fmt.Sprintf("bench-%d", i))
		if err != nil {
			return nil, err
		}
		if i == 0 {
			n.topic = topic
		}
	}
	return n, nil
}

func newHost() (host.Host, error) {
	return libp2p.New(
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.Ping(false),
		// The default managers take a thousand peers at one address for an attack, and part from all but 192.
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ConnectionManager(connmgr.NullConnMgr{}),
	)
}

func pubsubOptions(o options) []pubsub.Option {
	params := pubsub.DefaultGossipSubParams()
	params.D, params.Dlo, params.Dhi, params.Dout = o.degree, o.degreeLow, o.degreeHigh, 0
	params.Dscore = min(params.Dscore, o.degree)
	settings := []pubsub.Option{
		pubsub.WithGossipSubParams(params),
		pubsub.WithFloodPublish(false),
		pubsub.WithMaxMessageSize(o.maxSize),
		pubsub.WithPeerOutboundQueueSize(queueSize),
		pubsub.WithValidateQueueSize(queueSize),
	}
	if o.unsigned {
		// The policy alone would still send from and seqno.
		return append(settings, pubsub.WithMessageIdFn(idFromData),
			pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor())
	}
	return append(settings, pubsub.WithMessageIdFn(idFromAuthor))
}

func idFromAuthor(m *pb.Message) string { return string(m.From) + string(m.Seqno) }

func idFromData(m *pb.Message) string {
	digest := sha256.Sum256(m.Data)
	return string(digest[:])
}

func (n *node) subscribe(ps *pubsub.PubSub, name string) (*pubsub.Topic, error) {
	topic, err := ps.Join(name)
	if err != nil {
		return nil, err
	}
	messages, err := topic.Subscribe(pubsub.WithBufferSize(subscriptionSize))
	if err != nil {
		return nil, err
	}
	go n.receive(messages)
	return topic, nil
}

func (n *node) receive(messages *pubsub.Subscription) {
	for {
		message, err := messages.Next(n.ctx)
		if err != nil {
			return
		}
		if message.ReceivedFrom != n.host.ID() {
			n.deliveries.add(message.Data)
		}
	}
}

func (n *node) address() string {
	return fmt.Sprintf("%s/p2p/%s", n.host.Network().ListenAddresses()[0], n.host.ID())
}

func (n *node) connect(address string) error {
	info, err := peer.AddrInfoFromString(address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(n.ctx, dialTimeout)
	defer cancel()
	return n.host.Connect(ctx, *info)
}
