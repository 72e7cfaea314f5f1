# Runs programs and measures each from fork to exit: reads one JSON line, writes one. It is in Python because
# Node cannot read the resources that a child used, and because a small parent process forks faster and does
# not affect the children's peak memory.
import json, os, select, sys, time


def start(order):
    """Starts a program with its own environment and nothing on stdin; stdout and stderr share a pipe."""
    reader, writer = os.pipe()
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_DUP2, writer, 2),
        (os.POSIX_SPAWN_CLOSE, reader),
    ]
    began = time.perf_counter()
    pid = os.posix_spawnp(order['argv'][0], order['argv'], order['env'], file_actions=actions)
    os.close(writer)
    return {'pid': pid, 'reader': reader, 'began': began, 'said': None, 'text': b'', 'bytes': 0}


def read(run):
    """Reads output; returns False at its end."""
    data = os.read(run['reader'], 1 << 20)
    if data:
        run['said'] = time.perf_counter()
        run['bytes'] += len(data)
        run['text'] = (run['text'] + data)[:2000]
    return bool(data)


def end(run):
    os.close(run['reader'])
    _, status, used = os.wait4(run['pid'], 0)
    ended = time.perf_counter()
    return {
        'wall': ended - run['began'],
        # The time from the last output to the end of the process.
        'tail': ended - run['said'] if run['said'] else None,
        'cpu': used.ru_utime + used.ru_stime,
        'memory': used.ru_maxrss * (1 if sys.platform == 'darwin' else 1024),
        'code': os.waitstatus_to_exitcode(status),
        'text': run['text'].decode('utf8', 'replace'),
        'bytes': run['bytes'],
    }


def run_all(orders):
    """Runs programs in parallel; returns the total wall time and the data of each."""
    began = time.perf_counter()
    open_runs = {run['reader']: run for run in map(start, orders)}
    runs = list(open_runs.values())
    while open_runs:
        for reader in select.select(list(open_runs), [], [])[0]:
            if not read(open_runs[reader]):
                del open_runs[reader]
    ended = [end(run) for run in runs]
    return {'wall': time.perf_counter() - began, 'runs': ended}


for line in sys.stdin:
    print(json.dumps(run_all(json.loads(line))), flush=True)
