package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"slices"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p-pubsub/partialmessages"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

// partCount is how many parts every message has: its metadata, a set of parts, is one byte.
const partCount = 8

// partSet is a set of parts: bit i stands for part i.
type partSet byte

func (s partSet) indices() []int {
	indices := make([]int, 0, partCount)
	for i := range partCount {
		if s&(1<<i) != 0 {
			indices = append(indices, i)
		}
	}
	return indices
}

// partMessage is a message of which some parts may be missing.
type partMessage [partCount][]byte

func (m *partMessage) have() partSet {
	var set partSet
	for i, part := range m {
		if part != nil {
			set |= 1 << i
		}
	}
	return set
}

// encode writes each of the parts as its index (one byte), its length (four, big-endian) and its data.
func (m *partMessage) encode(parts partSet) []byte {
	var encoded []byte
	for _, i := range parts.indices() {
		encoded = append(encoded, byte(i))
		encoded = binary.BigEndian.AppendUint32(encoded, uint32(len(m[i])))
		encoded = append(encoded, m[i]...)
	}
	return encoded
}

// merge takes the parts out of an encoded message and returns which those are.
func (m *partMessage) merge(encoded []byte) (partSet, error) {
	var found partSet
	for len(encoded) > 0 {
		if len(encoded) < 5 || encoded[0] >= partCount {
			return found, fmt.Errorf("not a part: %x", encoded[:min(len(encoded), 5)])
		}
		index, size := encoded[0], int(binary.BigEndian.Uint32(encoded[1:]))
		if encoded = encoded[5:]; size > len(encoded) {
			return found, fmt.Errorf("a part of %d bytes has only %d", size, len(encoded))
		}
		if m[index] == nil {
			m[index] = slices.Clone(encoded[:size])
		}
		found |= 1 << index
		encoded = encoded[size:]
	}
	return found, nil
}

// partPeer is what is known of one peer about one message.
type partPeer struct {
	// heard: the peer has told which parts it has, told: we have.
	heard, told bool
	has         partSet
	knowsOfUs   partSet
}

// partialStore holds the messages in parts, of all topics, and decides what goes to whom.
type partialStore struct {
	out      *emitter
	topics   []string
	pubsub   *pubsub.PubSub
	mutex    sync.Mutex
	messages map[[2]string]*partMessage // by topic and group
}

func newPartialStore(out *emitter, topics []string) *partialStore {
	return &partialStore{out: out, topics: topics, messages: make(map[[2]string]*partMessage)}
}

func (s *partialStore) topicOptions(topic string) []pubsub.TopicOpt {
	if slices.Contains(s.topics, topic) {
		return []pubsub.TopicOpt{pubsub.RequestPartialMessages()}
	}
	return nil
}

func (s *partialStore) extension() *partialmessages.PartialMessagesExtension[partPeer] {
	return &partialmessages.PartialMessagesExtension[partPeer]{
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, nil)),
		OnIncomingRPC: s.receive,
		OnEmitGossip: func(topic string, group []byte, _ []peer.ID, _ map[peer.ID]partPeer) {
			go s.publish(topic, string(group))
		},
	}
}

// add makes parts of a message, part i being the random payload of seed + i, and tells the peers.
func (s *partialStore) add(topic, group string, seed uint64, size int, parts []int) error {
	s.mutex.Lock()
	m := s.message(topic, group)
	before := m.have()
	for _, i := range parts {
		if i < 0 || i >= partCount {
			s.mutex.Unlock()
			return fmt.Errorf("there is no part %d", i)
		}
		m[i] = makePayload(seed+uint64(i), size)
	}
	if m.have() != before {
		s.report(nil, topic, group, m)
	}
	s.mutex.Unlock()
	return s.publish(topic, group)
}

// message returns the message of a group, an empty one if there is none; the mutex is held.
func (s *partialStore) message(topic, group string) *partMessage {
	key := [2]string{topic, group}
	if s.messages[key] == nil {
		s.messages[key] = new(partMessage)
	}
	return s.messages[key]
}

// publish sends every peer what it lacks and what it has not been told.
func (s *partialStore) publish(topic, group string) error {
	return pubsub.PublishPartial(s.pubsub, topic, []byte(group),
		func(peers map[peer.ID]partPeer, requests func(peer.ID) bool) iter.Seq2[peer.ID, partialmessages.PublishAction] {
			return func(yield func(peer.ID, partialmessages.PublishAction) bool) {
				s.mutex.Lock()
				defer s.mutex.Unlock()
				m := s.message(topic, group)
				for p, state := range peers {
					action := nextAction(m, &state, requests(p))
					peers[p] = state
					if !yield(p, action) {
						return
					}
				}
			}
		})
}

func nextAction(m *partMessage, state *partPeer, requests bool) partialmessages.PublishAction {
	var action partialmessages.PublishAction
	have := m.have()
	if lacking := have &^ state.has; requests && state.heard && lacking != 0 {
		action.EncodedPartialMessage = m.encode(lacking)
		state.has |= lacking
	}
	if !state.told || state.knowsOfUs != have {
		action.EncodedPartsMetadata = []byte{byte(have)}
		state.told, state.knowsOfUs = true, have
	}
	return action
}

// receive is called on the library's event loop, where it must not publish.
func (s *partialStore) receive(from peer.ID, peers map[peer.ID]partPeer, rpc *pb.PartialMessagesExtension) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	topic, group := rpc.GetTopicID(), string(rpc.GetGroupID())
	m, state := s.message(topic, group), peers[from]
	before := m.have()
	found, err := m.merge(rpc.GetPartialMessage())
	if err != nil {
		return err
	}
	state.has |= found
	if metadata := rpc.GetPartsMetadata(); len(metadata) > 0 {
		state.heard = true
		state.has |= partSet(metadata[0])
	}
	peers[from] = state
	if have := m.have(); have != before {
		s.report(from.String(), topic, group, m)
	}
	go s.publish(topic, group)
	return nil
}

// report says which parts there are; from is who sent the latest, nil for ourselves.
func (s *partialStore) report(from any, topic, group string, m *partMessage) {
	have := m.have()
	ev := event{"event": "partial", "topic": topic, "group": group, "from": from, "parts": have.indices()}
	if len(have.indices()) == partCount {
		digest := sha256.Sum256(slices.Concat(m[:]...))
		ev["sha256"] = hex.EncodeToString(digest[:])
	}
	s.out.emit(ev)
}
