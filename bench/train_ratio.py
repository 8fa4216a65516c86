"""train_ratio.py OURS TORCH GOAL LAYERS D HEADS FF VOCAB SEQUENCES LENGTH ANSWER: the lines of nn_bench and train_torch.py
compared, and how much of the sgemm that PyTorch reaches on this machine the training's own arithmetic makes."""
import statistics
import sys


def flops_per_token(layers, d, ff, vocab, length, answer):
    """Forward and backward: 6 per weight and token; logits at answers only; attention: 2 products of t(t+1)/2 scores."""
    return 6 * layers * (4 * d * d + 3 * d * ff) + 6 * vocab * d * answer / length + 6 * layers * 2 * d * (length + 1) / 2


def main():
    ours, torch = ([line.split() for line in open(f)] for f in sys.argv[1:3])
    goal = sys.argv[3]
    layers, d, _, ff, vocab, _, length, answer = (int(a) for a in sys.argv[4:])
    per_token = flops_per_token(layers, d, ff, vocab, length, answer)
    peak = max(float(row[row.index("sgemm_gflops") + 1]) for row in torch)
    for name, rows in (("hrm", ours), ("PyTorch", torch)):
        rates = [float(row[1]) for row in rows]
        rate = statistics.median(rates)
        print(f"{name:8} {rate:8.0f} tokens per CPU second, median of n={len(rates)} ({min(rates):.0f}-{max(rates):.0f}), "
              f"{100 * rate * per_token / 1e9 / peak:.0f} % of a thread's sgemm; {' '.join(rows[0][2:6])}")
    ratios = [float(a[1]) / float(b[1]) for a, b in zip(ours, torch)]
    print(f"ratio    {statistics.median(ratios):8.2f} (median of n={len(ratios)} pairs, {min(ratios):.2f}-{max(ratios):.2f}; "
          f"goal {goal}); sgemm 512x512x512 of PyTorch: {peak:.0f} GFLOP/s a thread")


if __name__ == "__main__":
    main()
