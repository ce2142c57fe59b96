package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"time"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/pnet"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
)

const (
	redialInterval = time.Second
	dialTimeout    = 10 * time.Second
	// subscriptionBuffer holds more than any test publishes, so that a slow reader of our output loses nothing.
	subscriptionBuffer = 4096
)

// node is the peer under test: a host, its pubsub and what is needed to answer commands.
type node struct {
	ctx           context.Context
	out           *emitter
	host          host.Host
	pubsub        *pubsub.PubSub
	tracer        *tracer
	scores        *scoreBook // nil without scoring
	partials      *partialStore
	gate          *gate
	topics        map[string]*pubsub.Topic
	subscriptions map[string]*pubsub.Subscription
}

// startNode subscribes before it listens: whoever connects finds the topics in the first RPC.
func startNode(ctx context.Context, o options, out *emitter) (*node, error) {
	h, err := newHost(o)
	if err != nil {
		return nil, err
	}
	n := &node{
		ctx:           ctx,
		out:           out,
		host:          h,
		tracer:        newTracer(out),
		partials:      newPartialStore(out, o.partial),
		gate:          newGate(),
		topics:        make(map[string]*pubsub.Topic),
		subscriptions: make(map[string]*pubsub.Subscription),
	}
	if o.score {
		n.scores = newScoreBook()
	}
	n.reportConnections()
	if err := n.startPubSub(o); err != nil {
		return nil, err
	}
	for _, topic := range o.topics {
		if err := n.subscribe(topic); err != nil {
			return nil, err
		}
	}
	if err := n.listen(o.listen); err != nil {
		return nil, err
	}
	for _, address := range o.peers {
		go n.keepDialling(address)
	}
	if o.mdns {
		return n, mdns.NewMdnsService(h, "", n).Start()
	}
	return n, nil
}

func newHost(o options) (host.Host, error) {
	settings := []libp2p.Option{
		libp2p.NoListenAddrs,
		libp2p.NoTransports,
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		// A whole test network shares one address, which the default limits take for an attack.
		libp2p.ResourceManager(&network.NullResourceManager{}),
	}
	if o.security != "noise" {
		settings = append(settings, libp2p.Security(libp2ptls.ID, libp2ptls.New))
	}
	if o.security != "tls" {
		settings = append(settings, libp2p.Security(noise.ID, noise.New))
	}
	if o.identitySeed.given {
		key, err := identityFromSeed(o.identitySeed.value)
		if err != nil {
			return nil, err
		}
		settings = append(settings, libp2p.Identity(key))
	}
	if o.swarmKey != "" {
		key, err := networkKey(o.swarmKey)
		if err != nil {
			return nil, err
		}
		settings = append(settings, libp2p.PrivateNetwork(key))
	}
	return libp2p.New(settings...)
}

func networkKey(file string) (pnet.PSK, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return pnet.DecodeV1PSK(opened)
}

// HandlePeerFound is told whom mDNS has found.
func (n *node) HandlePeerFound(found peer.AddrInfo) {
	n.out.emit(event{"event": "found", "peer": found.ID.String()})
	if found.ID == n.host.ID() {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(n.ctx, dialTimeout)
		defer cancel()
		if err := n.host.Connect(ctx, found); err != nil {
			n.out.error(err)
		}
	}()
}

func identityFromSeed(seed uint64) (crypto.PrivKey, error) {
	return crypto.UnmarshalEd25519PrivateKey(ed25519.NewKeyFromSeed(makePayload(seed, ed25519.SeedSize)))
}

// reportConnections emits one event per peer, however many connections there are to it.
func (n *node) reportConnections() {
	n.host.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(net network.Network, c network.Conn) {
			if len(net.ConnsToPeer(c.RemotePeer())) == 1 {
				n.out.emit(event{"event": "connected", "peer": c.RemotePeer().String()})
			}
		},
		DisconnectedF: func(net network.Network, c network.Conn) {
			if net.Connectedness(c.RemotePeer()) != network.Connected {
				n.out.emit(event{"event": "disconnected", "peer": c.RemotePeer().String()})
			}
		},
	})
}

func (n *node) listen(addresses []string) error {
	for _, text := range addresses {
		address, err := ma.NewMultiaddr(text)
		if err != nil {
			return err
		}
		if err := n.host.Network().Listen(address); err != nil {
			return err
		}
	}
	for _, address := range n.host.Network().ListenAddresses() {
		n.out.emit(event{"event": "listening", "addr": fmt.Sprintf("%s/p2p/%s", address, n.host.ID())})
	}
	return nil
}

func (n *node) dial(text string) error {
	info, err := peer.AddrInfoFromString(text)
	if err != nil {
		return err
	}
	// The library would refuse to try again for seconds after a failure.
	if s, ok := n.host.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(info.ID)
	}
	ctx, cancel := context.WithTimeout(n.ctx, dialTimeout)
	defer cancel()
	return n.host.Connect(ctx, *info)
}

// keepDialling connects to a peer and does so again whenever the connection is lost. Failures are silent: the other
// side may not be there yet.
func (n *node) keepDialling(address string) {
	for {
		_ = n.dial(address) // does nothing while connected
		select {
		case <-n.ctx.Done():
			return
		case <-time.After(redialInterval):
		}
	}
}

func (n *node) topic(name string) (*pubsub.Topic, error) {
	if t, ok := n.topics[name]; ok {
		return t, nil
	}
	t, err := n.pubsub.Join(name, n.partials.topicOptions(name)...)
	if err != nil {
		return nil, err
	}
	if n.scores != nil {
		if err := t.SetScoreParams(topicScoring()); err != nil {
			return nil, err
		}
	}
	n.topics[name] = t
	return t, nil
}

func (n *node) subscribe(name string) error {
	if n.subscriptions[name] != nil {
		return nil
	}
	t, err := n.topic(name)
	if err != nil {
		return err
	}
	s, err := t.Subscribe(pubsub.WithBufferSize(subscriptionBuffer))
	if err != nil {
		return err
	}
	n.subscriptions[name] = s
	go n.reportMessages(name, s)
	return nil
}

func (n *node) unsubscribe(name string) {
	if s := n.subscriptions[name]; s != nil {
		s.Cancel()
		delete(n.subscriptions, name)
	}
}

func (n *node) reportMessages(name string, s *pubsub.Subscription) {
	for {
		msg, err := s.Next(n.ctx)
		if err != nil {
			return // unsubscribed or quitting
		}
		if msg.ReceivedFrom != n.host.ID() {
			n.out.message(name, msg)
		}
	}
}

func (n *node) publish(name string, data []byte) error {
	t, err := n.topic(name)
	if err != nil {
		return err
	}
	return t.Publish(n.ctx, data)
}
