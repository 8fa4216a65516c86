-- A record of schema 4, as hrm wrote it until December 2026: four episodes of exp1's arms on two of its tasks. The
-- manifest is cut down, and one curve was given two more moments.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta VALUES('schema','4');
INSERT INTO meta VALUES('manifest','{"schema": 1, "status": "complete", "config_hash": "2cfa5c447a2b", "created": "2026-11-30T12:00:00Z", "experiment": {"name": "old", "samples": 1, "budget": {"max_iters": 3}, "arms": [{"name": "hrm", "controller": "hrm", "planner": true, "verifier": true, "tool": true}, {"name": "flat", "controller": "flat", "strategy": "retry", "tool": true}]}, "criteria": [{"name": "primary", "arms": ["hrm", "flat"], "metric": "pass@1", "criterion": "difference >= 0.05"}], "suite": {"name": "old", "path": "old.yaml", "sha256": ""}, "prompts": {"profile": "tiny"}, "model": {"backend": "embedded", "name": "hrm-tiny-code"}}');
INSERT INTO meta VALUES('status','complete');
CREATE TABLE arms(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO arms VALUES(1,'hrm');
INSERT INTO arms VALUES(2,'flat');
CREATE TABLE tasks(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO tasks VALUES(1,'seen_pairs/k1/58526f74a4');
INSERT INTO tasks VALUES(2,'seen_pairs/k4/df38adaef1');
CREATE TABLE episodes(
    id INTEGER PRIMARY KEY,
    task INTEGER NOT NULL REFERENCES tasks,
    arm INTEGER NOT NULL REFERENCES arms,
    sample INTEGER NOT NULL,
    "group" TEXT NOT NULL DEFAULT '',
    "steps" INTEGER NOT NULL DEFAULT 0,
    "seed" TEXT NOT NULL DEFAULT '',
    "status" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "passed" INTEGER NOT NULL DEFAULT 0,
    "verdict" TEXT NOT NULL DEFAULT '',
    "n_hidden" INTEGER NOT NULL DEFAULT 0,
    "n_hidden_passed" INTEGER NOT NULL DEFAULT 0,
    "public_passed" INTEGER NOT NULL DEFAULT 0,
    "stop" TEXT NOT NULL DEFAULT '',
    "submission" TEXT NOT NULL DEFAULT '',
    "iterations" INTEGER NOT NULL DEFAULT 0,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "tool_runs" INTEGER NOT NULL DEFAULT 0,
    "replans" INTEGER NOT NULL DEFAULT 0,
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "generated_tokens" INTEGER NOT NULL DEFAULT 0,
    "seconds" REAL NOT NULL DEFAULT 0,
    "model_seconds" REAL NOT NULL DEFAULT 0,
    "tool_seconds" REAL NOT NULL DEFAULT 0,
    "queue_seconds" REAL NOT NULL DEFAULT 0,
    "solve_seconds" REAL NOT NULL DEFAULT 0,
    "label" TEXT NOT NULL DEFAULT '',
    "flags" TEXT NOT NULL DEFAULT '',
    "inapplicable" TEXT NOT NULL DEFAULT '',
    "roles" TEXT NOT NULL DEFAULT '',
    "curve" TEXT NOT NULL DEFAULT '',
    UNIQUE(task, arm, sample));
INSERT INTO episodes VALUES(1,1,2,0,'seen_pairs',1,'1',1,NULL,1,'pass',8,8,1,'accepted',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),1,1,1,0,31,19,0.45223350599962941487,0.0020286969997869164217,0.45020480899984249845,0.00016109999978652922436,0.45223350599962941487,'','','F2 T1 T2 T4 T5 T6 T7 T8 S5 S6 P1 P2 P3 P4 P5 V3 V4 V5 V6 R4','{"flat":{"calls":1,"tool_runs":1,"prompt_tokens":31,"generated_tokens":19,"model_seconds":0.00202869699978692,"tool_seconds":0.450204808999842}}','19:1:1:0.452234:1');
INSERT INTO episodes VALUES(2,1,1,0,'seen_pairs',1,'1',1,NULL,1,'pass',8,8,1,'accepted',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),1,2,1,0,47,28,0.64125169599992659641,0.15874331700024413294,0.48250837899968246347,0.016511249000359384808,0.64125169599992659641,'','','T1 T2 T4 T5 T6 T7 T8 S5 S6 P1 P2 P3 P5 V5 R4','{"planner":{"calls":1,"tool_runs":0,"prompt_tokens":31,"generated_tokens":9,"model_seconds":0.0346791020001547,"tool_seconds":0.0},"coder":{"calls":1,"tool_runs":1,"prompt_tokens":16,"generated_tokens":19,"model_seconds":0.124064215000089,"tool_seconds":0.482508378999682}}','28:2:1:0.641252:1');
INSERT INTO episodes VALUES(3,2,2,0,'seen_pairs',4,'1',1,NULL,1,'pass',8,8,1,'accepted',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),1,1,1,0,67,61,0.5679645810000693018,0.32907368499991207499,0.2388908960001572268,0.016280356999686773633,0.5679645810000693018,'','','F2 T1 T2 T4 T5 T6 T7 T8 S5 S6 P1 P2 P3 P4 P5 V3 V4 V5 V6 R4','{"flat":{"calls":1,"tool_runs":1,"prompt_tokens":67,"generated_tokens":61,"model_seconds":0.329073684999912,"tool_seconds":0.238890896000157}}','20:1:1:0.25:1;40:1:1:0.4:0;61:1:1:0.567965:1');
INSERT INTO episodes VALUES(4,2,1,0,'seen_pairs',4,'1',1,NULL,1,'pass',8,8,1,'accepted',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),1,2,1,0,121,108,0.38224806800008082063,0.27738575300008960766,0.10486231499999121297,0.021711903999857895541,0.38224806800008082063,'','','T1 T2 T4 T5 T6 T7 T8 S5 S6 P1 P2 P3 P5 V5 R4','{"planner":{"calls":1,"tool_runs":0,"prompt_tokens":67,"generated_tokens":47,"model_seconds":0.250243105000209,"tool_seconds":0.0},"coder":{"calls":1,"tool_runs":1,"prompt_tokens":54,"generated_tokens":61,"model_seconds":0.0271426479998809,"tool_seconds":0.104862314999991}}','108:2:1:0.382248:1');
CREATE TABLE calls(
    episode INTEGER NOT NULL REFERENCES episodes,
    seq INTEGER NOT NULL, -- place among the calls; 0: an earlier attempt's
    "role" TEXT NOT NULL DEFAULT '',
    "index" INTEGER NOT NULL DEFAULT 0,
    "request_hash" TEXT NOT NULL DEFAULT '',
    "request" TEXT NOT NULL DEFAULT '',
    "reply_text" TEXT NOT NULL DEFAULT '',
    "reasoning" TEXT,
    "finish" TEXT NOT NULL DEFAULT '',
    "seed" TEXT NOT NULL DEFAULT '',
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "generated_tokens" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempt_log" TEXT NOT NULL DEFAULT '',
    "label" TEXT NOT NULL DEFAULT '',
    "queue_s" REAL NOT NULL DEFAULT 0,
    "first_token_s" REAL NOT NULL DEFAULT 0,
    "total_s" REAL NOT NULL DEFAULT 0,
    PRIMARY KEY(episode, role, "index"));
INSERT INTO calls VALUES(1,1,'flat',0,'8e8cbcb274ebc9938396776ec8ebd4aa28d92a404513c405b86f3869051f407b','{"role":"flat","messages":[{"role":"user","content":"flat: x is a string. Let f(x) do this: reverse the order of the words. Return the result."}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"129238387564946091"}',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),NULL,'stop','129238387564946091',31,19,1,'','',0.00016109999978652922436,0.00070813299998917500488,0.0020286969997869164217);
INSERT INTO calls VALUES(2,1,'planner',0,'a244bb8d0f3d57aa144544024efb2cb52bee9ddd04c2316a48363373402580b7','{"role":"planner","messages":[{"role":"user","content":"plan: x is a string. Let f(x) do this: reverse the order of the words. Return the result."}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"14313135390097027708"}','1. reverse the order of the words',NULL,'stop','14313135390097027708',31,9,1,'','',0.016342999000244162743,0.025814151999838941264,0.034679102000154671259);
INSERT INTO calls VALUES(2,2,'coder',0,'f87b8c1e617a0c60bf3383d2653d5275c21852551bdf514f2443c3ede966a5b3','{"role":"coder","messages":[{"role":"user","content":"code:\n1. reverse the order of the words"}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"11755529648873833399"}',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),NULL,'stop','11755529648873833399',16,19,1,'','',0.00016825000011522206477,0.00046303799990710103884,0.12406421500008946168);
INSERT INTO calls VALUES(4,1,'planner',0,'1c635dfc9863730252d564b8ab1778d0b0f07d835fa1a041ae73912274d33b74','{"role":"planner","messages":[{"role":"user","content":"plan: x is a list of integers. Let f(x) do this: take the first 4 numbers; after that replace the list with its running totals; after that list how much each number exceeds the one before it; after that keep only the first copy of each number. Return the result."}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"11289506058360766527"}',replace('1. take the first 4 numbers\n2. replace the list with its running totals\n3. subtract from each number the one before it and leave out the first\n4. remove repeated numbers but keep the first of each','\n',char(10)),NULL,'stop','11289506058360766527',67,47,1,'','',0.014203879999968194169,0.023619199000222579343,0.25024310500020874314);
INSERT INTO calls VALUES(3,1,'flat',0,'db046cbee27ee9c67556673aa80442ddcbe87a20fc907bd73177f7a3d22ef54a','{"role":"flat","messages":[{"role":"user","content":"flat: x is a list of integers. Let f(x) do this: take the first 4 numbers; after that replace the list with its running totals; after that list how much each number exceeds the one before it; after that keep only the first copy of each number. Return the result."}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"11121075698009858970"}',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),NULL,'stop','11121075698009858970',67,61,1,'','',0.016280356999686773633,0.025806941999690025113,0.32907368499991207499);
INSERT INTO calls VALUES(4,2,'coder',0,'abbea609ed32ab3e5b0145c0b81540936594b84028f99c19ae2082e064ca2e47','{"role":"coder","messages":[{"role":"user","content":"code:\n1. take the first 4 numbers\n2. replace the list with its running totals\n3. subtract from each number the one before it and leave out the first\n4. remove repeated numbers but keep the first of each"}],"temperature":0.2,"top_p":0.95,"max_tokens":1024,"seed":"10129043105221520537"}',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),NULL,'stop','10129043105221520537',54,61,1,'','',0.007508023999889701372,0.0081494669998392055276,0.027142647999880864517);
CREATE TABLE failures(
    id INTEGER PRIMARY KEY,
    "role" TEXT NOT NULL DEFAULT '',
    "index" INTEGER NOT NULL DEFAULT 0,
    "at" TEXT NOT NULL DEFAULT '',
    "error" TEXT NOT NULL DEFAULT '',
    "partial_text" TEXT NOT NULL DEFAULT '',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempt_log" TEXT NOT NULL DEFAULT '',
    episode INTEGER NOT NULL REFERENCES episodes);
CREATE TABLE tool_runs(
    episode INTEGER NOT NULL REFERENCES episodes,
    "index" INTEGER NOT NULL DEFAULT 0,
    "role" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT '',
    "program_hash" TEXT NOT NULL DEFAULT '',
    "program" TEXT NOT NULL DEFAULT '',
    "verdict" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '',
    "seconds" REAL NOT NULL DEFAULT 0,
    "cpu_seconds" REAL NOT NULL DEFAULT 0,
    PRIMARY KEY(episode, "index"));
INSERT INTO tool_runs VALUES(1,0,'flat','public','e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f(''so Under'') == ''Under so''"},{"verdict":"pass","test":"assert f(''little a'') == ''a little''"}]}',0.45020480899984249845,0.0032350000000000000283);
INSERT INTO tool_runs VALUES(1,1,'grader','hidden','e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f('''') == ''''"},{"verdict":"pass","test":"assert f(''so'') == ''so''"},{"verdict":"pass","test":"assert f(''Odd World'') == ''World Odd''"},{"verdict":"pass","test":"assert f(''a street'') == ''street a''"},{"verdict":"pass","test":"assert f(''tiger so Apple'') == ''Apple so tiger''"},{"verdict":"pass","test":"assert f(''so Anna'') == ''Anna so''"},{"verdict":"pass","test":"assert f(''World old Anna'') == ''Anna old World''"},{"verdict":"pass","test":"assert f(''World I EAST red'') == ''red EAST I World''"}]}',0.015426606999881187221,0.0032329999999999997628);
INSERT INTO tool_runs VALUES(4,0,'coder','public','7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f([-2, -7, -3, -7, 1, -8, 1, 15]) == [-7, -3]"},{"verdict":"pass","test":"assert f([9, -9, 8, 2, 8, 19, 9, 10]) == [-9, 8, 2]"}]}',0.10486231499999121297,0.0035439999999999998413);
INSERT INTO tool_runs VALUES(4,1,'grader','hidden','7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f([]) == []"},{"verdict":"pass","test":"assert f([3]) == []"},{"verdict":"pass","test":"assert f([15, 15, 15, 12, 6]) == [15, 12]"},{"verdict":"pass","test":"assert f([12, 8, 12, 5]) == [8, 12, 5]"},{"verdict":"pass","test":"assert f([1, 1, 7, -5, 18, 7, 7]) == [1, 7, -5]"},{"verdict":"pass","test":"assert f([2, 9, 6, 0]) == [9, 6, 0]"},{"verdict":"pass","test":"assert f([1, 1, 1, 2]) == [1, 2]"},{"verdict":"pass","test":"assert f([16, -3, 8, 16]) == [-3, 8, 16]"}]}',0.038149923000219132518,0.0050569999999999998632);
INSERT INTO tool_runs VALUES(3,0,'flat','public','7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f([-2, -7, -3, -7, 1, -8, 1, 15]) == [-7, -3]"},{"verdict":"pass","test":"assert f([9, -9, 8, 2, 8, 19, 9, 10]) == [-9, 8, 2]"}]}',0.2388908960001572268,0.0043899999999999998051);
INSERT INTO tool_runs VALUES(3,1,'grader','hidden','7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',replace('def f(x):\n    x = x[:4]\n    x = [sum(x[:i + 1]) for i in range(len(x))]\n    x = [b - a for a, b in zip(x, x[1:])]\n    x = list(dict.fromkeys(x))\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f([]) == []"},{"verdict":"pass","test":"assert f([3]) == []"},{"verdict":"pass","test":"assert f([15, 15, 15, 12, 6]) == [15, 12]"},{"verdict":"pass","test":"assert f([12, 8, 12, 5]) == [8, 12, 5]"},{"verdict":"pass","test":"assert f([1, 1, 7, -5, 18, 7, 7]) == [1, 7, -5]"},{"verdict":"pass","test":"assert f([2, 9, 6, 0]) == [9, 6, 0]"},{"verdict":"pass","test":"assert f([1, 1, 1, 2]) == [1, 2]"},{"verdict":"pass","test":"assert f([16, -3, 8, 16]) == [-3, 8, 16]"}]}',0.025385825000284967245,0.004203999999999999404);
INSERT INTO tool_runs VALUES(2,0,'coder','public','e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f(''so Under'') == ''Under so''"},{"verdict":"pass","test":"assert f(''little a'') == ''a little''"}]}',0.48250837899968246347,0.002631000000000000092);
INSERT INTO tool_runs VALUES(2,1,'grader','hidden','e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',replace('def f(x):\n    x = '' ''.join(x.split()[::-1])\n    return x','\n',char(10)),'pass','{"tests":[{"verdict":"pass","test":"assert f('''') == ''''"},{"verdict":"pass","test":"assert f(''so'') == ''so''"},{"verdict":"pass","test":"assert f(''Odd World'') == ''World Odd''"},{"verdict":"pass","test":"assert f(''a street'') == ''street a''"},{"verdict":"pass","test":"assert f(''tiger so Apple'') == ''Apple so tiger''"},{"verdict":"pass","test":"assert f(''so Anna'') == ''Anna so''"},{"verdict":"pass","test":"assert f(''World old Anna'') == ''Anna old World''"},{"verdict":"pass","test":"assert f(''World I EAST red'') == ''red EAST I World''"}]}',0.041869824000059452373,0.0039769999999999996326);
CREATE TABLE events(
    episode INTEGER NOT NULL REFERENCES episodes,
    "index" INTEGER NOT NULL DEFAULT 0,
    "kind" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL DEFAULT '',
    "generated_tokens" INTEGER NOT NULL DEFAULT 0,
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "tool_runs" INTEGER NOT NULL DEFAULT 0,
    "seconds" REAL NOT NULL DEFAULT 0,
    "candidate_hash" TEXT NOT NULL DEFAULT '',
    "public_passed" INTEGER NOT NULL DEFAULT 0,
    "public_total" INTEGER NOT NULL DEFAULT 0,
    "self_passed" INTEGER NOT NULL DEFAULT 0,
    "self_total" INTEGER NOT NULL DEFAULT 0,
    "detail" TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(episode, "index"));
INSERT INTO events VALUES(2,0,'plan','planner',9,31,1,0,0.034679102000154671259,'',0,0,0,0,'{"plan":"1. reverse the order of the words","hash":"6081aba0593aa4045cb60fe6cacc90b88c8b78188ebd635ffb27799d5d724255","valid":true,"reasked":false,"valid_final":true,"repaired":false,"steps":[{"id":"1","desc":"reverse the order of the words","deps":[]}]}');
INSERT INTO events VALUES(4,0,'plan','planner',47,67,1,0,0.25024310500020874314,'',0,0,0,0,'{"plan":"1. take the first 4 numbers\n2. replace the list with its running totals\n3. subtract from each number the one before it and leave out the first\n4. remove repeated numbers but keep the first of each","hash":"34fcf4ab6292ed1a814efe865796dc315b56fec3c502d58f4c863bd879e27839","valid":true,"reasked":false,"valid_final":true,"repaired":false,"steps":[{"id":"1","desc":"take the first 4 numbers","deps":[]},{"id":"2","desc":"replace the list with its running totals","deps":[]},{"id":"3","desc":"subtract from each number the one before it and leave out the first","deps":[]},{"id":"4","desc":"remove repeated numbers but keep the first of each","deps":[]}]}');
INSERT INTO events VALUES(1,0,'candidate','flat',19,31,1,1,0.45223350599962941487,'e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',2,2,0,0,'');
INSERT INTO events VALUES(1,1,'submit','flat',19,31,1,1,0.45223350599962941487,'e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',2,2,0,0,'{"stop":"accepted"}');
INSERT INTO events VALUES(4,1,'candidate','hrm',108,121,2,1,0.38224806800008082063,'7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',2,2,0,0,'');
INSERT INTO events VALUES(4,2,'submit','hrm',108,121,2,1,0.38224806800008082063,'7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',2,2,0,0,'{"stop":"accepted"}');
INSERT INTO events VALUES(3,0,'candidate','flat',61,67,1,1,0.5679645810000693018,'7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',2,2,0,0,'');
INSERT INTO events VALUES(3,1,'submit','flat',61,67,1,1,0.5679645810000693018,'7e3e6f20b3a50e6ae0bb37e93f3e68a15ecc57659f523cf4f52b643595a9eab1',2,2,0,0,'{"stop":"accepted"}');
INSERT INTO events VALUES(2,1,'candidate','hrm',28,47,2,1,0.64125169599992659641,'e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',2,2,0,0,'');
INSERT INTO events VALUES(2,2,'submit','hrm',28,47,2,1,0.64125169599992659641,'e0e8ed6f514f6fae766fb56173c8ee969bb720be3950c923400ff93c17f5bdb5',2,2,0,0,'{"stop":"accepted"}');
CREATE TABLE labels(
    episode INTEGER NOT NULL REFERENCES episodes,
    "annotator" TEXT NOT NULL DEFAULT '',
    "label" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "at" TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(episode, annotator));
CREATE INDEX failures_episode ON failures(episode);
CREATE VIEW results AS SELECT e.id, e.task AS task_no, e.arm AS arm_no,
    t.name AS task, a.name AS arm, e.sample,
    e."group", e."steps", e."seed", e."status", e."error", e."passed", e."verdict", e."n_hidden", e."n_hidden_passed", e."public_passed", e."stop", e."submission", e."iterations", e."calls", e."tool_runs", e."replans", e."prompt_tokens", e."generated_tokens", e."seconds", e."model_seconds", e."tool_seconds", e."queue_seconds", e."solve_seconds", e."label", e."flags", e."inapplicable", e."roles", e."curve"
    FROM episodes e CROSS JOIN tasks t ON t.id = e.task CROSS JOIN arms a ON a.id = e.arm;
PRAGMA application_id = 1752329521;
PRAGMA user_version = 4;
COMMIT;
