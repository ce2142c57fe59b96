package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

type values = map[string]interface{}

type openedChart struct{ chart *chart.Chart }

func openChart(folder string) (openedChart, error) {
	loaded, err := loader.LoadDir(folder)
	if err != nil {
		return openedChart{}, err
	}
	return openedChart{loaded}, loaded.Validate()
}

// What the chart makes of these values: documents, by file and place.
func (c openedChart) render(given values) ([]string, error) {
	release := chartutil.ReleaseOptions{Name: "grapevine", Namespace: "default", IsInstall: true}
	all, err := chartutil.ToRenderValues(c.chart, given, release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Engine{Strict: true}.Render(c.chart, all)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range files {
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var documents []string
	for _, name := range names {
		for _, text := range strings.Split(files[name], "\n---\n") {
			if text = strings.TrimSpace(strings.TrimSuffix(text, "---")); text != "" {
				documents = append(documents, text)
			}
		}
	}
	return documents, nil
}

// With a Secret of the user's own: one that is made anew is never the same.
var plainValues = values{"api": values{"existingSecret": "grapevine-api"}}

const plainHead = `# Made of the chart in deploy/helm/grapevine (scripts/check_chart.sh --write): change
# that one. kustomization.yaml beside it says how it is used.
`

func (c openedChart) plain() (string, error) {
	documents, err := c.render(plainValues)
	if err != nil {
		return "", err
	}
	return plainHead + strings.Join(documents, "\n---\n") + "\n", nil
}

func checkPlain(c openedChart, file string) error {
	wanted, err := c.plain()
	if err != nil {
		return err
	}
	found, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if string(found) != wanted {
		return fmt.Errorf("%s is not what the chart makes: scripts/check_chart.sh --write", file)
	}
	return nil
}

// What is wrong must not be rendered.
func checkSchema(t *tally, c openedChart) {
	for what, wrong := range map[string]values{
		"no replicas":           {"replicas": 0},
		"a word for a number":   {"replicas": "three"},
		"an unknown key":        {"replica": 3},
		"an unknown inner key":  {"api": values{"token": "secret"}},
		"a size without a unit": {"persistence": values{"size": "16"}},
		"half a peer":           {"readyMesh": 0.5},
		"a budget of none":      {"podDisruptionBudget": values{"maxUnavailable": 0}},
	} {
		_, err := c.render(wrong)
		if err == nil {
			err = fmt.Errorf("it is rendered")
		} else if strings.Contains(err.Error(), "don't meet the specifications of the schema") {
			err = nil
		}
		t.check("values with "+what+" are refused by the schema", err)
	}
}
