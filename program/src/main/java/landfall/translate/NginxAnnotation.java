package landfall.translate;

/**
 * One annotation of ingress-nginx.
 *
 * @param name without its prefix
 * @param becomes a sentence for the user: what it becomes, or why not and what to do instead
 */
record NginxAnnotation(String name, Kind kind, String becomes, Reader reader) {
    /** How near Dokku comes to it. */
    enum Kind {
        /** A property of Dokku's nginx, or what it does anyway. */
        SAME,
        /** Written into a generated nginx.conf.sigil. */
        EMULATED,
        /** Not done; said out loud. */
        REFUSED
    }

    /** Takes the value of the annotation to the treatment of its Ingress's paths. */
    interface Reader {
        void read(NginxReading reading, String value);
    }

    static NginxAnnotation same(String name, String becomes, Reader reader) {
        return new NginxAnnotation(name, Kind.SAME, becomes, reader);
    }

    static NginxAnnotation emulated(String name, String becomes, Reader reader) {
        return new NginxAnnotation(name, Kind.EMULATED, becomes, reader);
    }

    static NginxAnnotation refused(String name, String becomes, Reader reader) {
        return new NginxAnnotation(name, Kind.REFUSED, becomes, reader);
    }

    /** Refused whatever its value, except one that asks for nothing. */
    static NginxAnnotation lost(String name, String what, String advice) {
        return refused(name, what + " is lost: " + advice, (reading, value) -> {
            if (value.equals("false") || value.equals("off") || value.isBlank()) {
                reading.satisfied("switched off");
            } else {
                reading.lost(what, advice);
            }
        });
    }
}
