#!/usr/bin/env python3
"""lora_replies.py BASE_DIR ADAPTER_DIR URL ADAPTER_ID DATA.jsonl N: greedy replies of transformers + PEFT and of
llama-server with the adapter of that number, to the first N prompts of the data. Exit 1 when fewer than 9 of 10 agree."""
import json
import sys
import urllib.request

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

base, adapter, url, number, data, n = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(base)
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter).eval()
same = total = 0
for line in list(open(data))[:int(n)]:
    messages = json.loads(line)["messages"][:-1]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=16,
                             pad_token_id=tokenizer.pad_token_id)
    ours = tokenizer.decode(out[0, ids.shape[1]:], skip_special_tokens=True)
    body = {"messages": messages, "temperature": 0, "max_tokens": 16, "lora": [{"id": int(number), "scale": 1.0}]}
    request = urllib.request.Request(url + "/v1/chat/completions", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    theirs = json.load(urllib.request.urlopen(request))["choices"][0]["message"]["content"] or ""
    total += 1
    same += ours.strip() == theirs.strip()
print(f"replies with the adapter: {same} of {total} are equal")
sys.exit(same < 0.9 * total)
