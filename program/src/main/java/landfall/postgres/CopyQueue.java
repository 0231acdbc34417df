package landfall.postgres;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Hands out the work of a copy: parts of the biggest table first, and a table's indexes as soon as its last part is in.
 * Used by all streams at once.
 */
final class CopyQueue {
    /** One thing to do, by one stream. */
    sealed interface Task {
        /** The bigger its table, the earlier it is begun: what is long must not be left for the end. */
        long weight();
    }

    record Rows(CopyPart part) implements Task {
        @Override
        public long weight() {
            return part.table().bytes();
        }
    }

    record Build(PostStatement statement, long weight) implements Task {}

    private final PriorityQueue<Task> ready = new PriorityQueue<>(Comparator.comparingLong(Task::weight)
            .reversed()
            // Of one table parts come in their order: the server then reads ahead.
            .thenComparingLong(task -> switch (task) {
                case Rows(CopyPart part) -> part.firstBlock();
                case Build(PostStatement statement, long _) -> -statement.bytes();
            }));
    private final Map<String, List<Build>> waiting = new HashMap<>();
    private final Map<String, Integer> partsLeft = new HashMap<>();
    private int rowsLeft;
    private int tasksLeft;
    private int running;
    private boolean stopped;

    CopyQueue(List<CopyPart> parts, List<PostStatement> indexes) {
        Map<String, Long> bytes = new HashMap<>();
        for (CopyPart part : parts) {
            bytes.put(part.table().sql(), part.table().bytes());
            partsLeft.merge(part.table().sql(), 1, Integer::sum);
            ready.add(new Rows(part));
        }
        rowsLeft = parts.size();
        for (PostStatement index : indexes) {
            Build build = new Build(index, bytes.getOrDefault(index.table(), 0L));
            if (partsLeft.containsKey(index.table())) {
                waiting.computeIfAbsent(index.table(), table -> new ArrayList<>())
                        .add(build);
            } else {
                ready.add(build);
            }
        }
        tasksLeft = parts.size() + indexes.size();
    }

    /** The next task, waiting for one to become ready; empty when there is nothing left for this stream. */
    synchronized Optional<Task> take() throws InterruptedException {
        while (!stopped && ready.isEmpty() && tasksLeft > 0) {
            wait();
        }
        Task next = stopped ? null : ready.poll();
        running += next == null ? 0 : 1;
        return Optional.ofNullable(next);
    }

    /** How many streams have something to do, or will have at once. */
    synchronized int busy() {
        return running + ready.size();
    }

    /** @return whether this was the last part of all */
    synchronized boolean done(Task task) {
        tasksLeft--;
        running--;
        boolean wasLast = false;
        if (task instanceof Rows(CopyPart part)) {
            rowsLeft--;
            wasLast = rowsLeft == 0;
            String table = part.table().sql();
            if (partsLeft.merge(table, -1, Integer::sum) == 0) {
                ready.addAll(waiting.getOrDefault(table, List.of()));
            }
        }
        notifyAll();
        return wasLast;
    }

    /** Whether all rows of all tables are in the target. */
    synchronized boolean rowsComplete() {
        return rowsLeft == 0;
    }

    /** Nothing more is handed out: a stream has failed, or the user asked to stop. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
