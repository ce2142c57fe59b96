// Checks what deploy/ has for clusters, without a cluster and without a daemon:
//
//	go run . ROOT [BINARY]   checks; each configuration also with the binary
//	go run . -write ROOT     writes deploy/kubernetes/ anew from the chart
//
// That the chart renders, that its values have a schema which refuses what is
// wrong, that each object is one that Kubernetes' own types know to the last
// field, that kube-score finds nothing critical, that any two nodes may be gone
// and the others are one network, that the plain manifests are the chart's, and
// that the compose file is one.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// The number of checks that held, and of those that did not.
type tally struct{ passed, failed int }

func (t *tally) check(what string, err error) {
	if err == nil {
		t.passed++
		return
	}
	t.failed++
	fmt.Fprintf(os.Stderr, "FAILED: %s: %v\n", what, err)
}

func main() {
	arguments := os.Args[1:]
	write := len(arguments) > 0 && arguments[0] == "-write"
	if write {
		arguments = arguments[1:]
	}
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "usage: chart [-write] ROOT [BINARY]")
		os.Exit(2)
	}
	root := arguments[0]
	plain := filepath.Join(root, "deploy/kubernetes/grapevine.yaml")
	chart, err := openChart(filepath.Join(root, "deploy/helm/grapevine"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if write {
		text, err := chart.plain()
		if err == nil {
			err = os.WriteFile(plain, []byte(text), 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var t tally
	checkVariants(&t, chart)
	checkSchema(&t, chart)
	checkMesh(&t, chart)
	if len(arguments) > 1 {
		checkConfigurations(&t, chart, arguments[1])
	}
	t.check("the plain manifests", checkPlain(chart, plain))
	t.check("the compose file", checkCompose(filepath.Join(root, "deploy/compose")))
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 {
		os.Exit(1)
	}
}
