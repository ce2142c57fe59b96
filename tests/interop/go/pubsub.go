package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

func (n *node) startPubSub(o options) error {
	settings := append(messageSettings(o), pubsub.WithRawTracer(n.tracer))
	if o.hold {
		settings = append(settings, pubsub.WithDefaultValidator(n.holdMessage))
	}
	if o.trace {
		settings = append(settings, pubsub.WithRawTracer(&rpcTracer{out: n.out, messageID: messageID(o)}))
	}
	var err error
	if o.protocol == string(pubsub.FloodSubID) {
		n.pubsub, err = pubsub.NewFloodSub(n.ctx, n.host, settings...)
		return err
	}
	router, err := routerSettings(o)
	if err != nil {
		return err
	}
	settings = append(settings, router...)
	if n.scores != nil {
		settings = append(settings, scoring(), pubsub.WithPeerScoreInspect(n.scores.update, inspectInterval))
	}
	if len(o.partial) > 0 {
		settings = append(settings, pubsub.WithPartialMessagesExtension(n.partials.extension()))
	}
	if n.pubsub, err = pubsub.NewGossipSub(n.ctx, n.host, settings...); err != nil {
		return err
	}
	n.partials.pubsub = n.pubsub
	return nil
}

func messageSettings(o options) []pubsub.Option {
	settings := []pubsub.Option{pubsub.WithMaxMessageSize(o.maxSize), pubsub.WithMessageIdFn(messageID(o))}
	if o.policy == "strict-no-sign" {
		// The policy alone would still send from and seqno.
		settings = append(settings, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor())
	}
	return settings
}

func routerSettings(o options) ([]pubsub.Option, error) {
	settings := []pubsub.Option{pubsub.WithGossipSubParams(gossipParams(o)), pubsub.WithPeerExchange(o.px)}
	if o.protocol != "" {
		only := []protocol.ID{protocol.ID(o.protocol)}
		settings = append(settings, pubsub.WithGossipSubProtocols(only, pubsub.GossipSubDefaultFeatures))
	}
	if o.floodPublish != "" {
		settings = append(settings, pubsub.WithFloodPublish(o.floodPublish == "on"))
	}
	if o.testExtension {
		// What arrives is reported by the tracer: the library calls this for any RPC of a peer that has the extension.
		settings = append(settings, pubsub.WithTestExtension(pubsub.TestExtensionConfig{}))
	}
	direct, err := parseDirectPeers(o.direct)
	if err != nil {
		return nil, err
	}
	return append(settings, pubsub.WithDirectPeers(direct)), nil
}

func gossipParams(o options) pubsub.GossipSubParams {
	params := pubsub.DefaultGossipSubParams()
	if o.noMesh {
		params.D, params.Dlo, params.Dhi, params.Dscore, params.Dout = 0, 0, 0, 0, 0
	}
	if o.idontwantThreshold >= 0 {
		params.IDontWantMessageThreshold = o.idontwantThreshold
	}
	return params
}

func parseDirectPeers(addresses []string) ([]peer.AddrInfo, error) {
	var peers []peer.AddrInfo
	for _, address := range addresses {
		info, err := peer.AddrInfoFromString(address)
		if err != nil {
			return nil, err
		}
		peers = append(peers, *info)
	}
	return peers, nil
}

func messageID(o options) pubsub.MsgIdFunction {
	if o.policy == "strict-no-sign" {
		return idFromData
	}
	return idFromAuthor
}

func idFromAuthor(m *pb.Message) string { return string(m.GetFrom()) + string(m.GetSeqno()) }

func idFromData(m *pb.Message) string {
	digest := sha256.Sum256(m.GetData())
	return string(digest[:])
}

// sendIDontWant tells a peer that we do not want a message, of which there need be no trace yet.
func (n *node) sendIDontWant(topic, to, id string) error {
	peerID, err := peer.Decode(to)
	if err != nil {
		return err
	}
	messageID, err := hex.DecodeString(id)
	if err != nil {
		return err
	}
	return n.withRouter(topic, func(router *pubsub.GossipSubRouter) {
		unwanted := []*pb.ControlIDontWant{{MessageIDs: []string{string(messageID)}}}
		router.SendControl(peerID, &pb.ControlMessage{Idontwant: unwanted})
	})
}

// withRouter calls a function with the router on the library's event loop, where alone it may be touched. The library
// offers no such thing, but asks there whether a topic is ready before it publishes to it; this one never is.
func (n *node) withRouter(name string, call func(*pubsub.GossipSubRouter)) error {
	t, err := n.topic(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(n.ctx)
	called := false
	err = t.Publish(ctx, nil, pubsub.WithReadiness(func(router pubsub.PubSubRouter, _ string) (bool, error) {
		if gossip, ok := router.(*pubsub.GossipSubRouter); ok && !called {
			call(gossip)
			called = true
		}
		cancel()
		return false, nil
	}))
	if called && errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(errors.New("the router was not reached"), err)
}
