package landfall.sandbox.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UploadBodyTest {
    private static UploadBody multipart(String body) throws IOException {
        return UploadBody.of(new HttpListener.Request(
                "POST",
                "/storage",
                Map.of("content-type", "multipart/form-data; boundary=XX"),
                new ByteArrayInputStream(body.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1))));
    }

    @Test
    void theFirstFileOfAFormIsFoundAfterOtherFields() throws IOException {
        UploadBody upload = multipart("""
                --XX
                Content-Disposition: form-data; name="storage[name]"

                mine
                --XX
                Content-Disposition: form-data; name="f"; filename="a b.glb"

                one
                --X
                --Xtwo

                --XX--
                """);
        assertThat(upload.fileName()).isEqualTo("a b.glb");
        assertThat(new String(upload.content().readAllBytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo("one\r\n--X\r\n--Xtwo\r\n");
    }

    @Test
    void aFormThatEndsEarlyOrHoldsNoFileIsRefused() throws IOException {
        assertThatThrownBy(() -> multipart("""
                --XX
                Content-Disposition: form-data; name="a"

                x
                --XX--
                """)).hasMessageContaining("no file");
        UploadBody cut = multipart("""
                --XX
                Content-Disposition: form-data; filename="a.txt"

                hal""");
        assertThatThrownBy(() -> cut.content().readAllBytes()).hasMessageContaining("ended within a part");
    }
}
