#!/usr/bin/env python3
"""Train a LoRA adapter on chat examples in the order they stand in: one pass, no shuffling.

    hrm gen curriculum --order strict --n 1000 --roles supervisor -o strict.jsonl
    python train/lora_supervisor.py --base meta-llama/Llama-3.1-8B-Instruct --data strict.jsonl --out sup-strict

The data is JSON lines {"messages": [...]}. The loss is on the last assistant turn and what ends it; what comes before is
read only. Every example weighs the same (--loss token: every token of an answer, so that long answers weigh more). Learning rate: linear warm-up over 3 % of the steps (--warmup), then constant, so that no order ends on steps that count
for less. An 8B base in 4 bits with the defaults takes about 12 GB at 1024 tokens a sequence; --four-bit needs a GPU.
"""
import argparse
import hashlib
import json
import random
import resource
import time

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoModelForCausalLM, AutoTokenizer


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--base", required=True, help="a model's directory or name on the hub")
    p.add_argument("--data", required=True, help="JSON lines of hrm gen curriculum")
    p.add_argument("--out", required=True, help="directory for the adapter")
    p.add_argument("--rank", type=int, default=16)
    p.add_argument("--alpha", type=float, default=32)
    p.add_argument("--dropout", type=float, default=0.0)
    p.add_argument("--lr", type=float, default=1e-4)
    p.add_argument("--batch", type=int, default=8, help="examples a step")
    p.add_argument("--micro-batch", type=int, default=1, help="examples at once; the rest is accumulated")
    p.add_argument("--loss", choices=["example", "token"], default="example", help="which of them weigh the same in a step")
    p.add_argument("--warmup", type=float, default=0.03, help="share of the steps in which the learning rate rises")
    p.add_argument("--max-length", type=int, default=1024, help="tokens; a longer example is an error")
    p.add_argument("--four-bit", action="store_true", help="load the base in 4 bits (NF4, bitsandbytes)")
    p.add_argument("--seed", type=int, default=1)
    return p


def load_base(args):
    gpu = torch.cuda.is_available()
    options = {"dtype": torch.bfloat16 if gpu else torch.float32}
    if args.four_bit:
        from transformers import BitsAndBytesConfig
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16,
            bnb_4bit_use_double_quant=True)
    if gpu:
        options["device_map"] = {"": 0}
    model = AutoModelForCausalLM.from_pretrained(args.base, **options)
    model.config.use_cache = False
    if args.four_bit:
        model = prepare_model_for_kbit_training(model)
    elif gpu:
        model.gradient_checkpointing_enable()
        model.enable_input_require_grads()
    return model


def add_lora(model, args):
    return get_peft_model(model, LoraConfig(
        r=args.rank, lora_alpha=args.alpha, lora_dropout=args.dropout, bias="none", task_type="CAUSAL_LM",
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))


def encode(tokenizer, messages, max_length):
    """Tokens of the whole conversation, and labels that are -100 up to the last answer."""
    def render(part, **more):
        return tokenizer.apply_chat_template(part, tokenize=False, **more)
    prompt = render(messages[:-1], add_generation_prompt=True)
    whole = render(messages)
    if not whole.startswith(prompt):
        raise SystemExit("the chat template does not render the answer after its own prompt")
    n = len(tokenizer(prompt, add_special_tokens=False)["input_ids"])
    ids = tokenizer(whole, add_special_tokens=False)["input_ids"]
    if len(ids) > max_length:
        raise SystemExit(f"an example has {len(ids)} tokens; --max-length is {max_length}")
    return ids, [-100] * n + ids[n:]


def pad(examples, filler, device):
    length = max(len(ids) for ids, _ in examples)
    ids = torch.full((len(examples), length), filler)
    labels = torch.full((len(examples), length), -100)
    for row, (i, l) in enumerate(examples):
        ids[row, :len(i)] = torch.tensor(i)
        labels[row, :len(l)] = torch.tensor(l)
    lengths = torch.tensor([len(i) for i, _ in examples])
    mask = (torch.arange(length)[None, :] < lengths[:, None]).long()
    return ids.to(device), labels.to(device), mask.to(device)


def answer_loss(model, ids, labels, mask):
    """Cross-entropy of every answer token, and which example it is of. Logits exist at answer positions only."""
    base = model.get_base_model()
    hidden = base.get_decoder()(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
    rows, columns = torch.nonzero(labels[:, 1:] != -100, as_tuple=True)
    logits = base.get_output_embeddings()(hidden[rows, columns]).float()
    return torch.nn.functional.cross_entropy(logits, labels[:, 1:][rows, columns], reduction="none"), rows


def step(model, examples, filler, args):
    """Gradient of the mean loss over all examples, or over all answer tokens; returns that loss. Those of about the same
    length are padded together: within a step the order does not matter."""
    device = next(model.parameters()).device
    examples = sorted(examples, key=lambda e: len(e[0]))
    total, tokens = 0.0, sum(sum(label != -100 for label in labels[1:]) for _, labels in examples)
    for at in range(0, len(examples), args.micro_batch):
        ids, labels, mask = pad(examples[at:at + args.micro_batch], filler, device)
        loss, rows = answer_loss(model, ids, labels, mask)
        weight = 1 / tokens if args.loss == "token" else 1 / (torch.bincount(rows)[rows] * len(examples))
        loss = (loss * weight).sum()
        loss.backward()
        total += loss.item()
    return total


def train(model, examples, filler, args):
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    steps = (len(examples) + args.batch - 1) // args.batch
    warmup = max(1, round(args.warmup * steps))
    begun, shown, loss = time.time(), 0.0, 0.0
    model.train()
    for s in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1, (s + 1) / warmup)
        loss = step(model, examples[s * args.batch:(s + 1) * args.batch], filler, args)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if s + 1 == steps or time.time() - shown > 10:
            shown = time.time()
            print(f"step {s + 1}/{steps}, loss {loss:.4f} nats/token, {shown - begun:.0f} s", flush=True)
    return {"steps": steps, "loss": loss, "seconds": time.time() - begun}


def make_adapter(args, model=None):
    """Trains one adapter on args.data and writes args.out; model: the base, when it is loaded already. Returns facts."""
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    with open(args.data, "rb") as f:
        data = f.read()
    lines = [json.loads(line)["messages"] for line in data.splitlines() if line.strip()]
    examples = [encode(tokenizer, messages, args.max_length) for messages in lines]
    model = add_lora(model or load_base(args), args)
    filler = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    before = time.process_time()
    facts = train(model, examples, filler or 0, args)
    model.save_pretrained(args.out)
    facts.update(base=args.base, data=args.data, data_sha256=hashlib.sha256(data).hexdigest(), examples=len(examples),
                 tokens=sum(len(ids) for ids, _ in examples), longest=max(len(ids) for ids, _ in examples),
                 cpu_seconds=time.process_time() - before, loss_by=args.loss, warmup=args.warmup,
                 peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                 rank=args.rank, alpha=args.alpha, lr=args.lr, batch=args.batch, micro_batch=args.micro_batch,
                 four_bit=args.four_bit, seed=args.seed)
    if torch.cuda.is_available():
        facts["peak_gpu_bytes"] = torch.cuda.max_memory_allocated()
    with open(f"{args.out}/training.json", "w") as f:
        json.dump(facts, f, indent=1)
    print(f"{args.out}: {len(examples)} examples, last loss {facts['loss']:.4f}", flush=True)
    model.unload()  # the base as it was
    return facts


def main():
    make_adapter(options().parse_args())


if __name__ == "__main__":
    main()
