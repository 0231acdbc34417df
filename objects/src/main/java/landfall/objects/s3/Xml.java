package landfall.objects.s3;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** S3's XML: written element by element, read into small trees with bounds and without DTDs or entities of others. */
public final class Xml {
    static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static final int DEPTH_MAX = 20;
    private static final int ELEMENTS_MAX = 50_000;

    private final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    private final List<String> open = new ArrayList<>();

    /** A document whose root is in S3's namespace. */
    static Xml document(String root) {
        Xml xml = new Xml();
        xml.text.append('<').append(root).append(" xmlns=\"").append(NAMESPACE).append("\">");
        xml.open.add(root);
        return xml;
    }

    /** A document without namespace, as errors are. */
    static Xml plain(String root) {
        Xml xml = new Xml();
        return xml.begin(root);
    }

    Xml begin(String name) {
        text.append('<').append(name).append('>');
        open.add(name);
        return this;
    }

    /** Begins an element with attributes that are written as they are. */
    Xml begin(String name, String attributes) {
        text.append('<').append(name).append(' ').append(attributes).append('>');
        open.add(name);
        return this;
    }

    Xml end() {
        text.append("</").append(open.removeLast()).append('>');
        return this;
    }

    Xml add(String name, String value) {
        text.append('<').append(name).append('>');
        escape(value);
        text.append("</").append(name).append('>');
        return this;
    }

    Xml add(String name, long value) {
        return add(name, Long.toString(value));
    }

    Xml add(String name, boolean value) {
        return add(name, Boolean.toString(value));
    }

    Xml addIf(String name, @Nullable String value) {
        return value == null ? this : add(name, value);
    }

    /** Text that is XML already. */
    Xml raw(String xml) {
        text.append(xml);
        return this;
    }

    byte[] bytes() {
        while (!open.isEmpty()) {
            end();
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            switch (letter) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\r' -> text.append("&#13;");
                default -> {
                    if (letter < 0x20 && letter != '\n' && letter != '\t') {
                        // As S3 writes them, though XML 1.0 knows no such characters: clients ask for
                        // encoding-type=url.
                        text.append("&#x").append(Integer.toHexString(letter)).append(';');
                    } else {
                        text.append(letter);
                    }
                }
            }
        }
    }

    /** An element that was read: local name, text, children; namespaces are not looked at. */
    public record Element(
            String name,
            String text,
            List<Element> children,
            @Nullable String type) {
        @Nullable
        public Element child(String wanted) {
            return children.stream()
                    .filter(each -> each.name.equals(wanted))
                    .findFirst()
                    .orElse(null);
        }

        @Nullable
        public String childText(String wanted) {
            Element child = child(wanted);
            return child == null ? null : child.text;
        }

        public List<Element> children(String wanted) {
            return children.stream().filter(each -> each.name.equals(wanted)).toList();
        }
    }

    /**
     * Reads a document.
     *
     * @param root the name its root must have
     * @throws S3Exception MalformedXML
     */
    public static Element read(byte[] bytes, String root) {
        Element element = read(bytes);
        if (!element.name().equals(root)) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        return element;
    }

    /** Reads a document, whatever its root is called. @throws S3Exception MalformedXML */
    public static Element read(byte[] bytes) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(bytes));
            while (reader.next() != XMLStreamConstants.START_ELEMENT) {
                if (reader.getEventType() == XMLStreamConstants.DTD) {
                    throw new S3Exception(S3Error.MalformedXML);
                }
            }
            int[] count = new int[1];
            Element element = element(reader, 0, count);
            while (reader.hasNext()) {
                reader.next();
            }
            return element;
        } catch (XMLStreamException | java.util.NoSuchElementException | IllegalArgumentException malformed) {
            throw new S3Exception(S3Error.MalformedXML, S3Error.MalformedXML.message(), malformed);
        }
    }

    private static Element element(XMLStreamReader reader, int depth, int[] count) throws XMLStreamException {
        if (depth > DEPTH_MAX || ++count[0] > ELEMENTS_MAX) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        String name = reader.getLocalName();
        String type = reader.getAttributeValue("http://www.w3.org/2001/XMLSchema-instance", "type");
        List<Element> children = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1, count));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    return new Element(name, children.isEmpty() ? text.toString() : "", children, type);
                }
                default -> {
                    // comments and processing instructions say nothing
                }
            }
        }
    }
}
