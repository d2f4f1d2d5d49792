"""Batches spread over workers: threads of this process, processes, Dask or Ray; the numbers are the same.

Results come in the order of the batches whoever works, so they are put together in one way only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t

Result = TypeVar("Result")


def spread(
    work: Callable[[Any], Result], tasks: Iterable[Any], engine: str = "threads", workers: int = 2
) -> Iterator[Result]:
    """Yield ``work(task)`` of every task, in order.

    Raises
    ------
    UsageError
        If Dask or Ray is asked for and is not installed.
    """
    if engine == "dask":
        yield from _dask(work, tasks, workers)
    elif engine == "ray":
        yield from _ray(work, tasks, workers)
    elif workers == 1:
        yield from map(work, tasks)
    elif engine == "processes":
        yield from _pooled(ProcessPoolExecutor(workers, mp_context=get_context("spawn")), work, tasks)
    else:
        yield from _pooled(ThreadPoolExecutor(workers), work, tasks)


def _pooled(pool: Executor, work: Callable[[Any], Result], tasks: Iterable[Any]) -> Iterator[Result]:
    waiting: list[Future[Result]] = [pool.submit(work, task) for task in tasks]
    try:
        for place, future in enumerate(waiting):
            yield future.result()
            waiting[place] = None  # type: ignore[call-overload]
    finally:  # also where the reader stops early or is interrupted
        pool.shutdown(wait=False, cancel_futures=True)


def _dask(work: Callable[[Any], Result], tasks: Iterable[Any], workers: int) -> Iterator[Result]:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise _missing("dask") from error
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        shared = client.scatter(work, broadcast=True)
        futures = [client.submit(_call, shared, task, pure=False) for task in tasks]
        for future in futures:
            yield future.result()


def _call(work: Callable[[Any], Result], task: Any) -> Result:
    return work(task)


def _ray(work: Callable[[Any], Result], tasks: Iterable[Any], workers: int) -> Iterator[Result]:
    try:
        import ray
    except ImportError as error:
        raise _missing("ray") from error
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        remote = ray.remote(_call)
        shared = ray.put(work)
        for reference in [remote.remote(shared, task) for task in tasks]:
            yield ray.get(reference)
    finally:
        ray.shutdown()


def _missing(engine: str) -> UsageError:
    return UsageError(str(t("{engine} is not installed: pip install 'lotrinh[{engine}]'", engine=engine)))
