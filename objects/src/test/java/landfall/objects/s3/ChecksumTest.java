package landfall.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Checksums: known values, and that those of parts give that of the whole. */
final class ChecksumTest {
    @Test
    void crc64NvmeHasItsCheckValue() {
        Crc64Nvme crc = new Crc64Nvme();
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        crc.update(digits, 0, digits.length);
        assertThat(crc.getValue()).isEqualTo(0xae8b14860a799888L);
    }

    @Test
    void theCrcOfTheWholeIsThatOfItsParts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (ChecksumAlgorithm each :
                List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32C, ChecksumAlgorithm.CRC64NVME)) {
            for (int length : new int[] {0, 1, 7, 4_096, 1_000_003}) {
                byte[] bytes = new byte[length + 12_345];
                random.nextBytes(bytes);
                Checksum whole = each.start();
                whole.update(bytes, 0, bytes.length);
                Checksum first = each.start();
                first.update(bytes, 0, 12_345);
                Checksum second = each.start();
                second.update(bytes, 12_345, length);
                long joined =
                        CrcJoin.of(each).join(CrcJoin.number(first.value()), CrcJoin.number(second.value()), length);
                assertThat(joined)
                        .as("%s of 12,345 and %d bytes, seed %d", each, length, seed)
                        .isEqualTo(CrcJoin.number(whole.value()));
            }
        }
    }
}
