"""A minimal edge with grpcio, to be measured beside ours: it knows its peers, and asks them. Told
what to do by lines, as our_edge.ts. `grpcio_edge.py aio|threads`."""
import asyncio
import itertools
import json
import os
import queue
import sys
import threading
import time
from concurrent import futures

import grpc

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tests/edge/interop"))
from messages import SERVICE, EdgeMessage, PeerMessage, encode  # noqa: E402

serial = itertools.count()


def hash_request():
    message = EdgeMessage(request_id=f"{next(serial):036d}", edge_id="edge-1")
    message.file_hash_request.catalog_id = "title"
    message.file_hash_request.hash_types.append("md5")
    return message


def say(**what):
    print(json.dumps(what), flush=True)


def memory():
    import gc
    gc.collect()
    with open("/proc/self/statm") as it:
        return int(it.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def told(times, failed, started):
    times.sort()
    at = lambda share: round(1000 * times[int(share * len(times))], 2) if times else 0
    last = round(1000 * times[-1], 2) if times else 0
    return dict(done=len(times), failed=failed, seconds=time.perf_counter() - started,
                p50=at(.5), p99=at(.99), max=last)


def handlers(method):
    handler = grpc.stream_stream_rpc_method_handler(method, PeerMessage.FromString, encode)
    name = SERVICE.strip("/")
    return grpc.method_handlers_generic_handler(name, {"AsyncOperations": handler})


def peer_id_of(context):
    return dict(context.invocation_metadata())["peer_id"]


# --- asyncio

async def run_aio():
    peers, waiting = {}, {}

    async def operations(_requests, context):
        await context.send_initial_metadata(())
        # grpcio takes one write of a stream at a time.
        peers[peer_id_of(context)] = context, asyncio.Lock()
        try:
            while (message := await context.read()) is not grpc.aio.EOF:
                future = waiting.pop(message.request_id, None)
                if future and not future.done():
                    future.set_result(message)
        finally:
            peers.pop(peer_id_of(context), None)

    async def ask(peer):
        context, writing = peer
        message = hash_request()
        future = waiting[message.request_id] = asyncio.get_running_loop().create_future()
        async with writing:
            await context.write(message)
        return await future

    async def load(rate, seconds, flights):
        everyone = list(peers.values())
        times, failed, started, at = [], 0, time.perf_counter(), itertools.count()

        async def one(due):
            nonlocal failed
            try:
                await asyncio.wait_for(ask(everyone[next(at) % len(everyone)]), 10)
                times.append(time.perf_counter() - due)
            except Exception:
                failed += 1

        async def flight():
            while time.perf_counter() - started < seconds:
                due = time.perf_counter()
                await ask(everyone[next(at) % len(everyone)])
                times.append(time.perf_counter() - due)

        if rate:
            sent, tasks = 0, set()
            while (elapsed := time.perf_counter() - started) < seconds:
                while sent <= int(elapsed * rate):
                    tasks.add(asyncio.create_task(one(started + sent / rate)))
                    sent += 1
                await asyncio.sleep(.005)
            await asyncio.gather(*tasks)
        else:
            await asyncio.gather(*(flight() for _ in range(flights)))
        return told(times, failed, started)

    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handlers(operations),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    say(port=port)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        request = json.loads(line)
        if request["op"] == "count":
            say(count=len(peers))
        elif request["op"] == "memory":
            say(rss=memory())
        else:
            before = time.process_time()
            result = await load(
                request.get("rate", 0), request["seconds"], request.get("flights", 0))
            say(**result, cpuMs=round(1000 * (time.process_time() - before)))
    os._exit(0)


# --- a thread for each peer, as the original has

def run_threads():
    peers, waiting = {}, {}

    def operations(requests, context):
        out = queue.SimpleQueue()
        peers[peer_id_of(context)] = out
        context.add_callback(lambda: peers.pop(peer_id_of(context), None))

        def read():
            try:
                for message in requests:
                    answered = waiting.pop(message.request_id, None)
                    if answered:
                        answered.put(message)
            except Exception:
                pass
            out.put(None)

        threading.Thread(target=read, daemon=True).start()
        context.send_initial_metadata(())
        while (message := out.get()) is not None:
            yield message

    def load(seconds, flights):
        everyone, times = list(peers.values()), []
        started, at = time.perf_counter(), itertools.count()

        def flight():
            answered = queue.SimpleQueue()
            while (due := time.perf_counter()) - started < seconds:
                message = hash_request()
                waiting[message.request_id] = answered
                everyone[next(at) % len(everyone)].put(message)
                answered.get()
                times.append(time.perf_counter() - due)

        threads = [threading.Thread(target=flight) for _ in range(flights)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told(times, 0, started)

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2000))
    server.add_generic_rpc_handlers((handlers(operations),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    say(port=port)
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "count":
            say(count=len(peers))
        elif request["op"] == "memory":
            say(rss=memory())
        else:
            before = time.process_time()
            result = load(request["seconds"], request.get("flights", 0))
            say(**result, cpuMs=round(1000 * (time.process_time() - before)))
    os._exit(0)


if sys.argv[1] == "aio":
    asyncio.run(run_aio())
else:
    run_threads()
