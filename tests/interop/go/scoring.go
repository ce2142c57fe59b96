package main

import (
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

const inspectInterval = 200 * time.Millisecond

// scoring has no reward and a slow decay: whoever has done nothing wrong has 0, and any misbehaviour shows for minutes.
// Peers offered by someone with 0 are taken.
func scoring() pubsub.Option {
	params := &pubsub.PeerScoreParams{
		Topics:                    make(map[string]*pubsub.TopicScoreParams), // set as topics are joined
		AppSpecificScore:          func(peer.ID) float64 { return 0 },
		BehaviourPenaltyWeight:    -1,
		BehaviourPenaltyThreshold: 0,
		BehaviourPenaltyDecay:     0.99,
		DecayInterval:             time.Second,
		DecayToZero:               0.01,
	}
	thresholds := &pubsub.PeerScoreThresholds{GossipThreshold: -10, PublishThreshold: -50, GraylistThreshold: -80}
	return pubsub.WithPeerScore(params, thresholds)
}

// topicScoring punishes invalid messages.
func topicScoring() *pubsub.TopicScoreParams {
	return &pubsub.TopicScoreParams{
		SkipAtomicValidation:           true,
		TopicWeight:                    1,
		TimeInMeshQuantum:              time.Second,
		InvalidMessageDeliveriesWeight: -1,
		InvalidMessageDeliveriesDecay:  0.99,
	}
}

// scoreBook holds the latest scores.
type scoreBook struct {
	mutex  sync.Mutex
	scores map[peer.ID]float64
}

func newScoreBook() *scoreBook { return &scoreBook{} }

// update is the library's inspector; the map is ours to keep.
func (b *scoreBook) update(scores map[peer.ID]float64) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.scores = scores
}

// of returns the score of a peer, or nil when there is no scoring or no score yet.
func (b *scoreBook) of(p peer.ID) any {
	if b == nil {
		return nil
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if score, ok := b.scores[p]; ok {
		return score
	}
	return nil
}
