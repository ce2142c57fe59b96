package main

import (
	"encoding/hex"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// silentTracer ignores everything.
type silentTracer struct{}

func (silentTracer) OnNewOutboundStream(peer.ID, protocol.ID)             {}
func (silentTracer) OnClosedOutboundStream(peer.ID)                       {}
func (silentTracer) Join(string)                                          {}
func (silentTracer) Leave(string)                                         {}
func (silentTracer) Graft(peer.ID, string)                                {}
func (silentTracer) Prune(peer.ID, string)                                {}
func (silentTracer) ValidateMessage(*pubsub.Message)                      {}
func (silentTracer) DeliverMessage(*pubsub.Message)                       {}
func (silentTracer) RejectMessage(*pubsub.Message, string)                {}
func (silentTracer) DuplicateMessage(*pubsub.Message)                     {}
func (silentTracer) ThrottlePeer(peer.ID)                                 {}
func (silentTracer) RecvRPC(*pubsub.RPC)                                  {}
func (silentTracer) SendRPC(*pubsub.RPC, peer.ID)                         {}
func (silentTracer) SendRPCCompleted(*pubsub.RPC, peer.ID, time.Duration) {}
func (silentTracer) DropRPC(*pubsub.RPC, peer.ID)                         {}
func (silentTracer) UndeliverableMessage(*pubsub.Message)                 {}

// rpcTracer reports what every RPC contains. The library does not show the first one that it sends on a stream.
type rpcTracer struct {
	silentTracer
	out       *emitter
	messageID pubsub.MsgIdFunction
}

func (t *rpcTracer) RecvRPC(rpc *pubsub.RPC) { t.report("rpc_in", rpc, rpc.From()) }

func (t *rpcTracer) SendRPC(rpc *pubsub.RPC, p peer.ID) { t.report("rpc_out", rpc, p) }

// report names only what the RPC has.
func (t *rpcTracer) report(name string, rpc *pubsub.RPC, p peer.ID) {
	ev := event{"event": name, "peer": p.String()}
	var messages []string
	for _, m := range rpc.GetPublish() {
		messages = append(messages, hex.EncodeToString([]byte(t.messageID(m))))
	}
	setUnlessEmpty(ev, "messages", messages)
	addControl(ev, rpc.GetControl())
	if rpc.TestExtension != nil {
		ev["test_extension"] = true
	}
	if partial := rpc.Partial; partial != nil {
		ev["partial"] = event{
			"topic":    partial.GetTopicID(),
			"group":    string(partial.GetGroupID()),
			"parts":    len(partial.GetPartialMessage()) > 0,
			"metadata": len(partial.GetPartsMetadata()) > 0,
		}
	}
	t.out.emit(ev)
}

func addControl(ev event, control *pb.ControlMessage) {
	var ihave, iwant, idontwant, graft []string
	for _, c := range control.GetIhave() {
		ihave = appendHex(ihave, c.GetMessageIDs())
	}
	for _, c := range control.GetIwant() {
		iwant = appendHex(iwant, c.GetMessageIDs())
	}
	for _, c := range control.GetIdontwant() {
		idontwant = appendHex(idontwant, c.GetMessageIDs())
	}
	for _, c := range control.GetGraft() {
		graft = append(graft, c.GetTopicID())
	}
	var prune []event
	for _, c := range control.GetPrune() {
		prune = append(prune, describePrune(c))
	}
	setUnlessEmpty(ev, "ihave", ihave)
	setUnlessEmpty(ev, "iwant", iwant)
	setUnlessEmpty(ev, "idontwant", idontwant)
	setUnlessEmpty(ev, "graft", graft)
	setUnlessEmpty(ev, "prune", prune)
	if extensions := control.GetExtensions(); extensions != nil {
		ev["extensions"] = event{
			"partial_messages": extensions.GetPartialMessages(),
			"test_extension":   extensions.GetTestExtension(),
		}
	}
}

func describePrune(prune *pb.ControlPrune) event {
	peers := make([]event, 0, len(prune.GetPeers()))
	for _, info := range prune.GetPeers() {
		peers = append(peers, event{
			"peer":   peer.ID(info.GetPeerID()).String(),
			"signed": len(info.GetSignedPeerRecord()) > 0,
		})
	}
	return event{"topic": prune.GetTopicID(), "backoff": prune.GetBackoff(), "peers": peers}
}

func appendHex(list []string, ids []string) []string {
	for _, id := range ids {
		list = append(list, hex.EncodeToString([]byte(id)))
	}
	return list
}

func setUnlessEmpty[T any](ev event, key string, list []T) {
	if len(list) > 0 {
		ev[key] = list
	}
}
