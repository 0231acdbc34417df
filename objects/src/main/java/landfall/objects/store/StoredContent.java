package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An object's bytes, read block by block, each compared with its checksum before any of it is given out. */
final class StoredContent implements Content {
    private final ObjectVersion version;
    private final byte @Nullable [] blocks;
    private final @Nullable FileChannel file;
    private final ByteBuffer block;
    private final byte[] learnt;
    private final BitSet known = new BitSet();
    private final Consumer<byte[]> learn;
    private long held = -1;

    private StoredContent(
            ObjectVersion version,
            byte @Nullable [] blocks,
            @Nullable FileChannel file,
            ByteBuffer block,
            Consumer<byte[]> learn) {
        this.learn = learn;
        this.learnt = blocks == null
                ? new byte[Math.toIntExact((version.size() + Blocks.SIZE - 1) / Blocks.SIZE * 4)]
                : blocks;
        this.version = version;
        this.blocks = blocks;
        this.file = file;
        this.block = block;
    }

    /** Bytes that the index held. */
    static StoredContent of(ObjectVersion version, byte[] blocks, byte[] bytes) throws IOException {
        StoredContent content = new StoredContent(version, blocks, null, ByteBuffer.wrap(bytes), all -> {});
        if (bytes.length != version.size()) {
            throw content.damaged(0, "it has " + bytes.length + " bytes, not " + version.size());
        }
        content.check(0, content.block);
        content.held = 0;
        return content;
    }

    /**
     * A file; an object of one block is read and compared at once. {@code blocks}: null if its checksums aren't known;
     * {@code learn} then gets them at close, if all was read.
     */
    static StoredContent of(ObjectVersion version, byte @Nullable [] blocks, FileChannel file, Consumer<byte[]> learn)
            throws IOException {
        int room = (int) Math.min(Blocks.SIZE, Math.max(1, version.size()));
        StoredContent content = new StoredContent(version, blocks, file, ByteBuffer.allocate(room), learn);
        if (file.size() != version.size()) {
            throw content.damaged(0, "the file has " + file.size() + " bytes, not " + version.size());
        }
        if (version.size() > 0 && version.size() <= Blocks.SIZE) {
            content.hold(0);
        }
        return content;
    }

    @Override
    public ObjectVersion version() {
        return version;
    }

    @Override
    public ByteBuffer read(long offset, long length) throws IOException {
        if (offset < 0 || offset >= version.size() || length < 1) {
            throw new IllegalArgumentException("no bytes at " + offset + " of " + version.size());
        }
        long index = offset / Blocks.SIZE;
        hold(index);
        int from = (int) (offset % Blocks.SIZE);
        return block.slice(from, (int) Math.min(length, block.limit() - from)).asReadOnlyBuffer();
    }

    private void hold(long index) throws IOException {
        if (held == index) {
            return;
        }
        FileChannel open = file;
        if (open == null) {
            throw new IllegalStateException("bytes from the index are one block");
        }
        long start = index * Blocks.SIZE;
        held = -1;
        block.clear().limit((int) Math.min(Blocks.SIZE, version.size() - start));
        while (block.hasRemaining()) {
            if (open.read(block, start + block.position()) < 0) {
                throw damaged(index, "the file ends too early");
            }
        }
        block.flip();
        check(index, block);
        held = index;
    }

    private void check(long index, ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return;
        }
        int checksum = Blocks.of(bytes);
        if (blocks == null) {
            ByteBuffer.wrap(learnt).putInt(Math.toIntExact(index * 4), checksum);
            known.set(Math.toIntExact(index));
        } else if (checksum != Blocks.at(blocks, index)) {
            throw damaged(index, "its checksum differs");
        }
    }

    private StoreException damaged(long index, String how) {
        return new StoreException(
                StoreException.Reason.DAMAGED,
                "the stored bytes of " + version.bucket() + "/" + version.key() + " (version " + version.versionId()
                        + ") are damaged in block " + index + ": " + how);
    }

    @Override
    public void close() {
        FileChannel open = file;
        if (open != null && open.isOpen()) {
            try {
                open.close();
                if (blocks == null && known.cardinality() * 4 == learnt.length) {
                    learn.accept(learnt);
                }
            } catch (IOException unclosed) {
                System.getLogger(StoredContent.class.getName())
                        .log(System.Logger.Level.WARNING, "A file that was read couldn't be closed", unclosed);
            }
        }
    }
}
