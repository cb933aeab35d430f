package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// witnessPackage is JupiterOne's own command line, the version that the comparison
// is made with.
const witnessPackage = "@jupiterone/integration-sdk-cli@8.41.0"

// Times that parts of the comparison may take.
const (
	witnessInstall = 3 * time.Minute
	witnessCompare = "5m"
)

// witnessed compares exports with JupiterOne's own command line, which it installs
// into a temporary folder. Where that is not possible it says so and goes on.
func witnessed(ctx context.Context, _ []string) error {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return skipWitness(fmt.Sprintf("%s is not installed: %v", program, err))
		}
	}
	dir, err := os.MkdirTemp("", "j1db-witness-*")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	if why := installWitness(ctx, dir); why != "" {
		return skipWitness(why)
	}
	program := filepath.Join(dir, "node_modules", "@jupiterone", "integration-sdk-cli", "bin", "j1-integration")
	if out, err := exec.CommandContext(ctx, "node", program, "--help").CombinedOutput(); err != nil {
		return skipWitness(fmt.Sprintf("this node cannot run it: %v\n%s", err, bytes.TrimSpace(out)))
	}
	return command(ctx, nil, "go", "test", "./cmd/j1db", "-run=^TestWitness$", "-v", "-count=1", "-timeout="+witnessCompare, "-witness="+program)
}

// skipWitness says why nothing was compared, so that nobody takes silence for
// agreement.
func skipWitness(why string) error {
	fmt.Printf("SKIPPED: exports are not compared with JupiterOne's own command line: %s\n", why)
	return nil
}

// installWitness returns why the package cannot be had, "" when it is there. Its
// install scripts do not run.
func installWitness(ctx context.Context, dir string) string {
	ctx, cancel := context.WithTimeout(ctx, witnessInstall)
	defer cancel()
	args := []string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error",
		"--fetch-retries=1", "--fetch-timeout=30000", witnessPackage}
	fmt.Println("+ npm", args)
	c := exec.CommandContext(ctx, "npm", args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err == nil {
		return ""
	}
	return fmt.Sprintf("npm cannot install %s: %v\n%s", witnessPackage, err, bytes.TrimSpace(out))
}
