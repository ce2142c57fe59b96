package main

import (
	"sort"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// tracer sees what the library does not tell otherwise: every remote subscription, also to topics we are not in, and
// who is in our meshes.
type tracer struct {
	out   *emitter
	mutex sync.Mutex
	mesh  map[string]map[peer.ID]struct{}
	// reachable are the peers we have a stream to. Before that the library sends a peer nothing, even if it knows
	// its subscriptions; these wait in unreported.
	reachable  map[peer.ID]struct{}
	unreported map[peer.ID][]string
}

func newTracer(out *emitter) *tracer {
	return &tracer{
		out:        out,
		mesh:       make(map[string]map[peer.ID]struct{}),
		reachable:  make(map[peer.ID]struct{}),
		unreported: make(map[peer.ID][]string),
	}
}

// meshPeers returns the peers in our mesh of a topic, sorted.
func (t *tracer) meshPeers(topic string) []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	peers := make([]string, 0, len(t.mesh[topic]))
	for p := range t.mesh[topic] {
		peers = append(peers, p.String())
	}
	sort.Strings(peers)
	return peers
}

func (t *tracer) RecvRPC(rpc *pubsub.RPC) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, s := range rpc.GetSubscriptions() {
		if s.GetSubscribe() {
			t.subscribed(rpc.From(), s.GetTopicid())
		} else {
			t.out.emit(event{"event": "unsubscribed", "peer": rpc.From().String(), "topic": s.GetTopicid()})
		}
	}
}

func (t *tracer) subscribed(p peer.ID, topic string) {
	if _, ok := t.reachable[p]; !ok {
		t.unreported[p] = append(t.unreported[p], topic)
		return
	}
	t.out.emit(event{"event": "subscribed", "peer": p.String(), "topic": topic})
}

func (t *tracer) OnNewOutboundStream(p peer.ID, _ protocol.ID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.reachable[p] = struct{}{}
	topics := t.unreported[p]
	delete(t.unreported, p)
	for _, topic := range topics {
		t.subscribed(p, topic)
	}
}

func (t *tracer) Graft(p peer.ID, topic string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.mesh[topic] == nil {
		t.mesh[topic] = make(map[peer.ID]struct{})
	}
	t.mesh[topic][p] = struct{}{}
}

func (t *tracer) Prune(p peer.ID, topic string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.mesh[topic], p)
}

func (t *tracer) Leave(topic string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.mesh, topic)
}

// OnClosedOutboundStream is how a peer that goes away leaves the meshes: no Prune is traced for it.
func (t *tracer) OnClosedOutboundStream(p peer.ID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.reachable, p)
	delete(t.unreported, p)
	for _, peers := range t.mesh {
		delete(peers, p)
	}
}

func (t *tracer) Join(string)                                  {}
func (t *tracer) ValidateMessage(*pubsub.Message)              {}
func (t *tracer) DeliverMessage(*pubsub.Message)               {}
func (t *tracer) RejectMessage(*pubsub.Message, string)        {}
func (t *tracer) DuplicateMessage(*pubsub.Message)             {}
func (t *tracer) ThrottlePeer(peer.ID)                         {}
func (t *tracer) SendRPC(*pubsub.RPC, peer.ID)                 {}
func (t *tracer) DropRPC(*pubsub.RPC, peer.ID)                 {}
func (t *tracer) UndeliverableMessage(message *pubsub.Message) {}
