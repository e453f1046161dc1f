namespace TPacket.WebSockets;

/// <summary>The violations of RFC 6455 and RFC 7692 that a close frame distinguishes.</summary>
internal static class Violations
{
    // Section 5.2: the frame header.
    public static readonly Violation ReservedBits = new(CloseStatus.ProtocolError, "reserved bit set");
    public static readonly Violation ReservedOpcode = new(CloseStatus.ProtocolError, "reserved opcode");
    public static readonly Violation LengthNotMinimal = new(CloseStatus.ProtocolError, "length not in its shortest form");
    public static readonly Violation LengthNegative = new(CloseStatus.ProtocolError, "length has its top bit set");

    // Section 5.1: masking.
    public static readonly Violation NotMasked = new(CloseStatus.ProtocolError, "frame not masked");
    public static readonly Violation Masked = new(CloseStatus.ProtocolError, "frame masked");

    // Section 5.4: fragmentation.
    public static readonly Violation UnexpectedContinuation = new(CloseStatus.ProtocolError, "continuation of no message");
    public static readonly Violation ExpectedContinuation = new(CloseStatus.ProtocolError, "new message before the last one ended");

    // Section 5.5: control frames.
    public static readonly Violation FragmentedControl = new(CloseStatus.ProtocolError, "control frame fragmented");
    public static readonly Violation ControlTooLong = new(CloseStatus.ProtocolError, "control frame over 125 bytes");
    public static readonly Violation CloseOfOneByte = new(CloseStatus.ProtocolError, "close payload of one byte");
    public static readonly Violation CloseStatusInvalid = new(CloseStatus.ProtocolError, "invalid close status");
    public static readonly Violation CloseReasonNotUtf8 = new(CloseStatus.InvalidPayloadData, "close reason is not UTF-8");

    // Section 8.1: text.
    public static readonly Violation TextNotUtf8 = new(CloseStatus.InvalidPayloadData, "text is not UTF-8");

    // RFC 7692, section 7.2.2.
    public static readonly Violation CompressedDataInvalid = new(CloseStatus.InvalidPayloadData, "compressed data is invalid");

    // Section 7.4.1: 1009.
    public static readonly Violation MessageTooBig = new(CloseStatus.MessageTooBig, "message too big");

    // Limits and failures, which no RFC defines. A slow consumer gets 1013 (try again later), since it may be slow only for a while.
    public static readonly Violation TooManyControlFrames = new(CloseStatus.PolicyViolation, "too many control frames or short fragments");
    public static readonly Violation SlowConsumer = new(CloseStatus.TryAgainLater, "reads too slowly");
    public static readonly Violation HandlerFailed = new(CloseStatus.InternalError, "internal error");
}
