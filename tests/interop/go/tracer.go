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
	silentTracer
	out   *emitter
	mutex sync.Mutex
	mesh  map[string]map[peer.ID]struct{}
	// reachable are the peers we have a stream to, and its protocol. Before that the library sends a peer nothing,
	// even if it knows its subscriptions; these wait in unreported.
	reachable  map[peer.ID]protocol.ID
	unreported map[peer.ID][]string
}

func newTracer(out *emitter) *tracer {
	return &tracer{
		out:        out,
		mesh:       make(map[string]map[peer.ID]struct{}),
		reachable:  make(map[peer.ID]protocol.ID),
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

// peers returns who we have a stream to, with its protocol and, if there are any, its score.
func (t *tracer) peers(scores *scoreBook) []event {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	peers := make([]event, 0, len(t.reachable))
	for p, proto := range t.reachable {
		peers = append(peers, event{"peer": p.String(), "protocol": string(proto), "score": scores.of(p)})
	}
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

func (t *tracer) OnNewOutboundStream(p peer.ID, proto protocol.ID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.reachable[p] = proto
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
