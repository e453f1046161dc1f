using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace TPacket.WebSockets.Messages;

/// <summary>Reads and writes the payload of a close frame (RFC 6455, sections 5.5.1 and 7.4).</summary>
internal static class ClosePayload
{
    /// <summary>Maximum length of a reason in bytes of UTF-8.</summary>
    public const int MaxReasonLength = 123;

    /// <summary>Returns whether a close frame may have a status.</summary>
    public static bool IsSendable(CloseStatus status) => (ushort)status switch
    {
        >= 1000 and <= 1003 => true,
        >= 1007 and <= 1014 => true,
        >= 3000 and <= 4999 => true,
        _ => false,
    };

    /// <summary>Reads a close frame's payload.</summary>
    /// <param name="payload">The unmasked payload.</param>
    /// <param name="status">The status; <see cref="CloseStatus.NoStatusReceived"/> for an empty payload.</param>
    /// <param name="violation">The violation, if the result is false.</param>
    /// <returns>Whether the payload is valid.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CloseStatus status, out Violation violation)
    {
        violation = default;
        status = CloseStatus.NoStatusReceived;
        if (payload.IsEmpty)
            return true;
        if (payload.Length == 1)
        {
            violation = Violations.CloseOfOneByte;
            return false;
        }

        status = (CloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!IsSendable(status))
        {
            violation = Violations.CloseStatusInvalid;
            return false;
        }

        if (!Utf8.IsValid(payload[2..]))
        {
            violation = Violations.CloseReasonNotUtf8;
            return false;
        }

        return true;
    }

    /// <summary>Writes a payload; truncates a reason that is too long after a complete character.</summary>
    /// <returns>Length of the payload in bytes, at most 125.</returns>
    public static int Write(Span<byte> destination, CloseStatus status, ReadOnlySpan<char> reason)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)status);
        Utf8.FromUtf16(reason, destination.Slice(2, MaxReasonLength), out _, out var written, replaceInvalidSequences: true);
        return 2 + written;
    }

    /// <summary>Returns the reason of a valid payload.</summary>
    public static string Reason(ReadOnlySpan<byte> payload) => payload.Length > 2 ? Encoding.UTF8.GetString(payload[2..]) : "";
}
