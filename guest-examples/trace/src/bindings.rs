//! What the tracer imports and exports, generated from `wit/`.

#![allow(unsafe_code, missing_docs, reason = "generated")]

use crate::Trace;

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package zpoline:trace@0.1.0;
        world trace {
            import zpoline:hook/memory@0.1.0;
            import zpoline:hook/log@0.1.0;
            import zpoline:hook/process@0.1.0;
            export zpoline:hook/any@0.1.0;
            export zpoline:hook/returned@0.1.0;
            export zpoline:hook/lifecycle@0.1.0;
        }
    ",
    world: "zpoline:trace/trace",
    generate_all,
});

export!(Trace);
