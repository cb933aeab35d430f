package main

import (
	"context"
	"fmt"
	"time"
)

// imagesPerKill is how many torn commits are tried for every process that is
// killed.
const imagesPerKill = 4

// crash is the long form of the store's crash trials: torn commits, processes that
// are killed, and a disk that is full. Every run takes other seeds and prints them.
func crash(ctx context.Context, args []string) error {
	kills, err := number(args, 500)
	if err != nil {
		return err
	}
	return command(ctx, nil, "go", "test", "./store/storetest", "-run=^(TestTorn|TestKilled|TestFullDisk)$", "-v", "-timeout=0",
		fmt.Sprintf("-images=%d", imagesPerKill*kills), fmt.Sprintf("-kills=%d", kills), fmt.Sprintf("-seed=%d", time.Now().UnixNano()%1e12))
}
