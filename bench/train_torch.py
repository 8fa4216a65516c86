"""The work of nn_bench in PyTorch, written the fastest way found: sequences of equal length as one dense batch (so packing
wastes nothing), q/k/v and gate/up as one matrix each, logits at answer positions only, and AdamW in its multi-tensor
form. Prints "tokens_per_s N". Arguments as nn_bench."""
import sys
import time

import torch
import torch.nn.functional as F

layers, d, heads, ff, vocab, sequences, length, answer, seconds = (
    [int(a) for a in sys.argv[1:]] + [3, 64, 4, 192, 512, 4, 128, 64, 3][len(sys.argv) - 1:])
torch.set_num_threads(1)
torch.manual_seed(1)
hd = d // heads


class Norm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


angle = torch.arange(length)[:, None] * 10000.0 ** (-torch.arange(0, hd, 2) / hd)
rotation = torch.polar(torch.ones_like(angle), angle)  # [length][hd/2]
mask = torch.full((length, length), float("-inf")).triu(1)


def rotate(x):  # [B][heads][length][hd]
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], hd // 2, 2))
    return torch.view_as_real(pairs * rotation).flatten(3)


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.attn_norm, self.ffn_norm = Norm(), Norm()
        self.qkv = torch.nn.Linear(d, 3 * d, bias=False)
        self.out = torch.nn.Linear(d, d, bias=False)
        self.gate_up = torch.nn.Linear(d, 2 * ff, bias=False)
        self.down = torch.nn.Linear(ff, d, bias=False)

    def forward(self, x):
        b = x.shape[0]
        q, k, v = (t.reshape(b, length, heads, hd).transpose(1, 2)
                   for t in self.qkv(self.attn_norm(x)).split(d, -1))
        scores = rotate(q) @ rotate(k).transpose(2, 3) * hd ** -0.5 + mask
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, length, d))
        gate, up = self.gate_up(self.ffn_norm(x)).split(ff, -1)
        return x + self.down(F.silu(gate) * up)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocab, d)
        torch.nn.init.normal_(self.embedding.weight, std=0.06)
        self.layers = torch.nn.ModuleList(Layer() for _ in range(layers))
        self.norm = Norm()

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x[:, length - answer:]) @ self.embedding.weight.T


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.05,
                              foreach=True)
tokens = torch.randint(vocab, (sequences, length))
targets = torch.randint(vocab, (sequences * answer,))


def step():
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(model(tokens).reshape(-1, vocab), targets).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


for _ in range(10):
    step()
begun, steps = time.process_time(), 0
while time.process_time() - begun < seconds:
    step()
    steps += 1
rate = steps * sequences * length / (time.process_time() - begun)
parameters = sum(p.numel() for p in model.parameters())

a, b, best = torch.randn(512, 512), torch.randn(512, 512), 0.0
for _ in range(40):  # the largest of many: what the machine can do, not what its other users leave
    begun = time.process_time()
    a @ b
    best = max(best, 2 * 512 ** 3 / (time.process_time() - begun) / 1e9)
print(f"tokens_per_s {rate:.0f} torch {torch.__version__} parameters {parameters} steps {steps} sgemm_gflops {best:.1f}")
