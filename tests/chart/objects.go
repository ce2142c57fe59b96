package main

import (
	"fmt"
	"io"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/zegl/kube-score/config"
	ks "github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/parser"
	"github.com/zegl/kube-score/score"
	"github.com/zegl/kube-score/score/checks"
	"github.com/zegl/kube-score/scorecard"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// The types of all kinds that the chart makes.
var kinds = map[string]func() any{
	"v1 ConfigMap":                            func() any { return new(core.ConfigMap) },
	"v1 Secret":                               func() any { return new(core.Secret) },
	"v1 Service":                              func() any { return new(core.Service) },
	"apps/v1 StatefulSet":                     func() any { return new(apps.StatefulSet) },
	"policy/v1 PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
}

// An object as its type; an unknown field, or one twice, is an error.
func decode(document string) (any, error) {
	var head struct{ ApiVersion, Kind string }
	if err := yaml.Unmarshal([]byte(document), &head); err != nil {
		return nil, err
	}
	kind := head.ApiVersion + " " + head.Kind
	make, known := kinds[kind]
	if !known {
		return nil, fmt.Errorf("an unknown kind of object: %q", kind)
	}
	object := make()
	if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return object, nil
}

type namedReader struct {
	io.Reader
	name string
}

func (r namedReader) Name() string { return r.name }

// What kube-score finds critical.
func critical(documents []string) ([]string, error) {
	run := &config.RunConfiguration{KubernetesVersion: config.Semver{Major: 1, Minor: 30}}
	reading, err := parser.New(&parser.Config{})
	if err != nil {
		return nil, err
	}
	text := strings.Join(documents, "\n---\n")
	parsed, err := reading.ParseFiles([]ks.NamedReader{namedReader{strings.NewReader(text), "chart"}})
	if err != nil {
		return nil, err
	}
	card, err := score.Score(parsed, score.RegisterAllChecks(parsed, &checks.Config{}, run), run)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, object := range *card {
		for _, one := range object.Checks {
			if one.Skipped || one.Grade > scorecard.GradeCritical {
				continue
			}
			words := []string{object.TypeMeta.Kind, object.ObjectMeta.Name, one.Check.Name}
			for _, comment := range one.Comments {
				words = append(words, comment.Path, comment.Summary)
			}
			found = append(found, strings.Join(words, " "))
		}
	}
	return found, nil
}

// Each value that changes which objects there are, or what they hold.
func checkVariants(t *tally, c openedChart) {
	for what, given := range map[string]values{
		"as it is":      {},
		"plain":         plainValues,
		"one node":      {"replicas": 1},
		"many":          {"replicas": 100},
		"identities":    {"identities": values{"secret": "keys"}, "persistence": values{"enabled": false}},
		"private":       {"privateNetwork": values{"secret": "swarm"}},
		"no reload":     {"reload": false, "image": values{"tag": "1.2.3"}},
		"a ready count": {"readyMesh": 3, "persistence": values{"storageClass": "fast"}},
		"monitoring": {"monitoring": values{"serviceMonitor": true, "prometheusRule": true,
			"dashboard": true, "labels": values{"release": "prometheus"}}},
		"a larger network": {"networkPolicy": values{
			"peersFrom":   []any{values{"ipBlock": values{"cidr": "0.0.0.0/0"}}},
			"extraEgress": []any{values{"to": []any{values{"ipBlock": values{"cidr": "0.0.0.0/0"}}}}}}},
		"scheduling": {"nodeSelector": values{"disk": "fast"},
			"tolerations":      []any{values{"key": "spot", "operator": "Exists"}},
			"imagePullSecrets": []any{values{"name": "registry"}}},
	} {
		documents, err := c.render(given)
		t.check("the chart, "+what+", is rendered", err)
		for _, document := range documents {
			_, err := decode(document)
			t.check("the chart, "+what+", has objects of their types", err)
		}
		found, err := critical(documents)
		if err == nil && len(found) > 0 {
			err = fmt.Errorf("\n  %s", strings.Join(found, "\n  "))
		}
		t.check("the chart, "+what+", has nothing that kube-score finds critical", err)
	}
}
