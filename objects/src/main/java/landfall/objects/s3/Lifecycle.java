package landfall.objects.s3;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import landfall.objects.store.Bucket;
import landfall.objects.store.ObjectVersion;
import org.jspecify.annotations.Nullable;

/** A bucket's lifecycle rules: what is deleted after which time ("Lifecycle configuration elements"). */
record Lifecycle(List<Rule> rules) {
    static final String SETTING = "lifecycle";
    private static final int RULES_MAX = 1_000;
    private static final int ID_MAX = 255;

    /**
     * One rule; days of 0 mean "not said".
     *
     * @param filtered whether the prefix stood in a Filter
     */
    record Rule(
            String id,
            boolean enabled,
            boolean filtered,
            String prefix,
            Map<String, String> tags,
            long sizeGreaterThan,
            long sizeLessThan,
            int expirationDays,
            @Nullable Instant expirationDate,
            boolean expiredMarkers,
            int noncurrentDays,
            int newerNoncurrent,
            int abortDays) {

        boolean fits(ObjectVersion version) {
            return enabled
                    && version.key().startsWith(prefix)
                    && version.meta().tags().entrySet().containsAll(tags.entrySet())
                    && (version.deleteMarker() || (version.size() > sizeGreaterThan && version.size() < sizeLessThan));
        }

        /** When the current version is due; null if the rule doesn't say. */
        @Nullable
        Instant due(ObjectVersion version, Duration day) {
            if (expirationDate != null) {
                return expirationDate;
            }
            return expirationDays == 0 ? null : after(version.modified(), expirationDays, day);
        }
    }

    /** Days later, and then at the next midnight if days are real ones: "Lifecycle rules: Based on an object's age". */
    static Instant after(Instant from, int days, Duration day) {
        Instant plain = from.plus(day.multipliedBy(days));
        Instant midnight = plain.truncatedTo(ChronoUnit.DAYS);
        return day.compareTo(Duration.ofDays(1)) < 0 || midnight.equals(plain)
                ? plain
                : midnight.plus(1, ChronoUnit.DAYS);
    }

    static @Nullable Lifecycle of(Bucket bucket) {
        String text = bucket.setting(SETTING);
        return text == null ? null : parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws S3Exception MalformedXML, InvalidArgument, InvalidRequest, NotImplemented for transitions */
    static Lifecycle parse(byte[] body) {
        List<Rule> rules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Xml.Element each : Xml.read(body, "LifecycleConfiguration").children("Rule")) {
            Rule rule = rule(each);
            if (!ids.add(rule.id())) {
                throw new S3Exception(
                        S3Error.InvalidArgument, "Rule ID must be unique. Found same ID for more than one rule");
            }
            rules.add(rule);
        }
        if (rules.isEmpty() || rules.size() > RULES_MAX) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        return new Lifecycle(rules);
    }

    private static Rule rule(Xml.Element rule) {
        String id = rule.childText("ID");
        if (id != null && id.length() > ID_MAX) {
            throw new S3Exception(S3Error.InvalidArgument, "ID length should not exceed allowed limit of 255");
        }
        String status = rule.childText("Status");
        if (!"Enabled".equals(status) && !"Disabled".equals(status)) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        if (rule.child("Transition") != null || rule.child("NoncurrentVersionTransition") != null) {
            throw new S3Exception(
                    S3Error.NotImplemented,
                    "there is one storage class here: rules can expire, not move to another class");
        }
        Xml.Element filter = rule.child("Filter");
        Xml.Element within = filter == null ? null : filter.child("And") == null ? filter : filter.child("And");
        Map<String, String> tags = new LinkedHashMap<>();
        if (within != null) {
            for (Xml.Element tag : within.children("Tag")) {
                tags.put(text(tag, "Key"), text(tag, "Value"));
            }
        }
        Xml.Element expiration = rule.child("Expiration");
        Xml.Element noncurrent = rule.child("NoncurrentVersionExpiration");
        Xml.Element abort = rule.child("AbortIncompleteMultipartUpload");
        if (expiration == null && noncurrent == null && abort == null) {
            throw new S3Exception(S3Error.InvalidRequest, "At least one action needs to be specified in a rule");
        }
        String prefix = within == null ? rule.childText("Prefix") : within.childText("Prefix");
        return new Rule(
                id == null || id.isEmpty() ? UUID.randomUUID().toString() : id,
                "Enabled".equals(status),
                filter != null,
                prefix == null ? "" : prefix,
                tags,
                within == null ? -1 : size(within.childText("ObjectSizeGreaterThan"), -1),
                within == null ? Long.MAX_VALUE : size(within.childText("ObjectSizeLessThan"), Long.MAX_VALUE),
                days(expiration, "Days"),
                date(expiration),
                expiration != null && "true".equalsIgnoreCase(expiration.childText("ExpiredObjectDeleteMarker")),
                days(noncurrent, "NoncurrentDays"),
                days(noncurrent, "NewerNoncurrentVersions"),
                days(abort, "DaysAfterInitiation"));
    }

    private static String text(Xml.Element element, String name) {
        String text = element.childText(name);
        if (text == null) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        return text;
    }

    private static long size(@Nullable String text, long otherwise) {
        try {
            return text == null ? otherwise : Long.parseLong(text.strip());
        } catch (NumberFormatException notASize) {
            throw new S3Exception(S3Error.MalformedXML, S3Error.MalformedXML.message(), notASize);
        }
    }

    private static int days(Xml.@Nullable Element action, String name) {
        String text = action == null ? null : action.childText(name);
        if (text == null) {
            return 0;
        }
        try {
            int days = Integer.parseInt(text.strip());
            if (days < 1) {
                throw new S3Exception(
                        S3Error.InvalidArgument, "'" + name + "' for the action must be a positive integer");
            }
            return days;
        } catch (NumberFormatException notANumber) {
            throw new S3Exception(S3Error.MalformedXML, S3Error.MalformedXML.message(), notANumber);
        }
    }

    private static @Nullable Instant date(Xml.@Nullable Element expiration) {
        String text = expiration == null ? null : expiration.childText("Date");
        if (text == null) {
            return null;
        }
        try {
            Instant date = text.contains("T")
                    ? ZonedDateTime.parse(text.strip()).toInstant()
                    : LocalDate.parse(text.strip()).atStartOfDay(ZoneOffset.UTC).toInstant();
            if (!date.equals(date.truncatedTo(ChronoUnit.DAYS))) {
                throw new S3Exception(S3Error.InvalidArgument, "'Date' must be at midnight GMT");
            }
            return date;
        } catch (DateTimeParseException notADate) {
            throw new S3Exception(S3Error.MalformedXML, S3Error.MalformedXML.message(), notADate);
        }
    }

    Xml xml() {
        Xml xml = Xml.document("LifecycleConfiguration");
        for (Rule rule : rules) {
            xml.begin("Rule").add("ID", rule.id());
            if (rule.filtered()) {
                filter(xml, rule);
            } else {
                xml.add("Prefix", rule.prefix());
            }
            xml.add("Status", rule.enabled() ? "Enabled" : "Disabled");
            if (rule.expirationDays() > 0 || rule.expirationDate() != null || rule.expiredMarkers()) {
                xml.begin("Expiration");
                if (rule.expirationDays() > 0) {
                    xml.add("Days", rule.expirationDays());
                }
                if (rule.expirationDate() != null) {
                    xml.add("Date", Headers.iso(rule.expirationDate()));
                }
                if (rule.expiredMarkers()) {
                    xml.add("ExpiredObjectDeleteMarker", true);
                }
                xml.end();
            }
            if (rule.noncurrentDays() > 0 || rule.newerNoncurrent() > 0) {
                xml.begin("NoncurrentVersionExpiration").add("NoncurrentDays", rule.noncurrentDays());
                if (rule.newerNoncurrent() > 0) {
                    xml.add("NewerNoncurrentVersions", rule.newerNoncurrent());
                }
                xml.end();
            }
            if (rule.abortDays() > 0) {
                xml.begin("AbortIncompleteMultipartUpload")
                        .add("DaysAfterInitiation", rule.abortDays())
                        .end();
            }
            xml.end();
        }
        return xml;
    }

    private static void filter(Xml xml, Rule rule) {
        int facts = (rule.prefix().isEmpty() ? 0 : 1)
                + rule.tags().size()
                + (rule.sizeGreaterThan() >= 0 ? 1 : 0)
                + (rule.sizeLessThan() < Long.MAX_VALUE ? 1 : 0);
        xml.begin("Filter");
        if (facts > 1) {
            xml.begin("And");
        }
        if (!rule.prefix().isEmpty() || facts == 0) {
            xml.add("Prefix", rule.prefix());
        }
        rule.tags()
                .forEach((key, value) ->
                        xml.begin("Tag").add("Key", key).add("Value", value).end());
        if (rule.sizeGreaterThan() >= 0) {
            xml.add("ObjectSizeGreaterThan", rule.sizeGreaterThan());
        }
        if (rule.sizeLessThan() < Long.MAX_VALUE) {
            xml.add("ObjectSizeLessThan", rule.sizeLessThan());
        }
        if (facts > 1) {
            xml.end();
        }
        xml.end();
    }

    /** Tells in {@code x-amz-expiration} when an object will expire, if a rule says so. Days are real ones here. */
    static void tell(Call call, Bucket bucket, ObjectVersion version) {
        Lifecycle lifecycle = of(bucket);
        if (lifecycle == null || !version.latest()) {
            return;
        }
        for (Rule rule : lifecycle.rules()) {
            Instant due = rule.fits(version) ? rule.due(version, Duration.ofDays(1)) : null;
            if (due != null) {
                call.answer()
                        .put(
                                "x-amz-expiration",
                                "expiry-date=\"" + Headers.httpDate(due) + "\", rule-id=\""
                                        + Query.encode(rule.id(), true) + "\"");
                return;
            }
        }
    }
}
