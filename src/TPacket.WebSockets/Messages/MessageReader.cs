using System.Runtime.CompilerServices;
using System.Text.Unicode;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Messages;

/// <summary>
/// Reads messages and control frames from the bytes of one direction of a WebSocket, which may arrive in pieces. Does no I/O. The payload of a message that is complete in the input is a view of the
/// input; only fragmented or incomplete messages are copied.
/// </summary>
/// <param name="expectMasked">Whether the peer is a client, whose frames are masked.</param>
/// <param name="maxMessageLength">Maximum length of a message in bytes. The reader checks it with the frame headers and, for a compressed message, during decompression.</param>
/// <param name="inflater">Decompresses messages; null without compression.</param>
internal sealed class MessageReader(bool expectMasked, int maxMessageLength, Inflater? inflater = null)
{
    // Upper bound of the overhead of an incompressible message: 1,024 bytes and an eighth. Five bytes per block are usual (RFC 7692, section 7.2.3.3).
    private const int MinOverhead = 1024;
    private const int OverheadShare = 8;

    // Approximate ratio of the decompressed to the compressed length of text.
    private const int ExpectedRatio = 4;

    // Payload length in bytes below which a fragment costs more to read than to send. Peers that fragment messages for a reason send longer fragments.
    private const int ShortFragmentBelow = 64;

    [ThreadStatic]
    private static MessageReader? _idle;

    private int _maxMessageLength = maxMessageLength;
    private bool _expectMasked = expectMasked;
    private MessageAssembler _message;
    private MessageAssembler _control;
    private PartialHeader _partialHeader;
    private FrameHeader _frame;
    private long _frameRemaining;
    private uint _key;
    private Utf8Validator _utf8;
    private Opcode _messageOpcode;
    private bool _inFrame;
    private bool _delivered;
    private bool _compressed;
    private long _compressedLength;

    /// <summary>The peer's violation, after <see cref="ReadResult.Violation"/>.</summary>
    public Violation Violation { get; private set; }

    /// <summary>Whether the reader has no state: no incomplete frame or message, and no inflater.</summary>
    public bool IsIdle => inflater is null && !_inFrame && !InMessage && _partialHeader.Length == 0;

    /// <summary>Whether a message has begun and is incomplete.</summary>
    private bool InMessage => _messageOpcode != Opcode.Continuation;

    /// <summary>Rents a reader without an inflater. One reader serves all connections of a thread that are between messages.</summary>
    /// <param name="expectMasked">As for the constructor.</param>
    /// <param name="maxMessageLength">As for the constructor.</param>
    public static MessageReader Rent(bool expectMasked, int maxMessageLength)
    {
        if (_idle is not { } reader)
            return new MessageReader(expectMasked, maxMessageLength);
        _idle = null;
        reader._expectMasked = expectMasked;
        reader._maxMessageLength = maxMessageLength;
        return reader;
    }

    /// <summary>Returns a reader that <see cref="IsIdle"/>. The caller must not use it afterwards.</summary>
    public static void Return(MessageReader reader) => _idle = reader;

    /// <summary>Reads up to the end of the next message, control frame or short fragment.</summary>
    /// <param name="input">The bytes that have arrived; advanced past the bytes read, which are unmasked in place.</param>
    /// <param name="payload">The payload, valid until the next call.</param>
    public ReadResult Read(ref Span<byte> input, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        ReleaseDelivered();
        while (true)
        {
            if (!_inFrame)
            {
                var status = ReadHeader(ref input, out var header);
                if (status == FrameReadStatus.NeedMore)
                    return ReadResult.NeedMore;
                if (status == FrameReadStatus.Violation)
                    return ReadResult.Violation;
                if (IsWholeMessage(header, input.Length))
                    return TakeWhole(header, ref input, out payload);
                if (!BeginFrame(header))
                    return ReadResult.Violation;
            }

            var length = (int)Math.Min(_frameRemaining, input.Length);
            var piece = input[..length];
            input = input[length..];
            _frameRemaining -= length;
            if (_frame.Masked)
                _key = Masking.Apply(piece, _key);
            if (!_frame.IsControl && !TakeData(ref piece))
                return ReadResult.Violation;

            if (_frameRemaining > 0)
            {
                Collect(piece);
                return ReadResult.NeedMore;
            }

            _inFrame = false;
            if (_frame.IsControl)
                return EndControl(piece, out payload);
            if (_frame.Fin)
                return EndMessage(piece, out payload);
            Collect(piece);
            if (_frame.PayloadLength < ShortFragmentBelow)
                return ReadResult.ShortFragment;
        }
    }

    /// <summary>Returns all buffers to their pools. The reader must not be used afterwards.</summary>
    public void Release()
    {
        _message.Release();
        _control.Release();
        inflater?.Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameReadStatus ReadHeader(ref Span<byte> input, out FrameHeader header)
    {
        if (_partialHeader.Length > 0)
            return CompleteHeader(ref input, out header);
        var status = FrameHeaderReader.TryRead(input, _expectMasked, out header, out var consumed, out var violation, allowCompressed: inflater is not null);
        if (status == FrameReadStatus.Done)
            input = input[consumed..];
        else if (status == FrameReadStatus.NeedMore)
            _partialHeader.Append(ref input);
        else
            Violation = violation;
        return status;
    }

    private FrameReadStatus CompleteHeader(ref Span<byte> input, out FrameHeader header)
    {
        var before = _partialHeader.Length;
        var rest = input;
        _partialHeader.Append(ref rest);
        var status = FrameHeaderReader.TryRead(_partialHeader.Bytes, _expectMasked, out header, out var consumed, out var violation, allowCompressed: inflater is not null);
        if (status == FrameReadStatus.Done)
            _partialHeader.Length = 0;
        else if (status == FrameReadStatus.Violation)
            Violation = violation;
        input = status == FrameReadStatus.Done ? input[(consumed - before)..] : rest;
        return status;
    }

    /// <summary>Returns whether a frame is an uncompressed message that is complete in the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWholeMessage(FrameHeader header, int available) =>
        header.Fin && header.Opcode is Opcode.Text or Opcode.Binary && !header.Compressed && !InMessage && header.PayloadLength <= Math.Min(available, _maxMessageLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadResult TakeWhole(FrameHeader header, ref Span<byte> input, out ReadOnlySpan<byte> payload)
    {
        var message = input[..(int)header.PayloadLength];
        input = input[message.Length..];
        if (header.Masked)
            Masking.Apply(message, header.MaskingKey);
        payload = message;
        if (header.Opcode == Opcode.Binary)
            return ReadResult.Binary;
        return Utf8.IsValid(payload) ? ReadResult.Text : Fail(Violations.TextNotUtf8);
    }

    /// <summary>Begins a frame, after checking that its header is valid at this point of the stream (RFC 6455, section 5.4).</summary>
    /// <returns>False if the header is not valid; <see cref="Violation"/> is set.</returns>
    private bool BeginFrame(FrameHeader header)
    {
        _frame = header;
        if (!_frame.IsControl)
        {
            var continuation = _frame.Opcode == Opcode.Continuation;
            if (continuation != InMessage)
            {
                Violation = continuation ? Violations.UnexpectedContinuation : Violations.ExpectedContinuation;
                return false;
            }

            if (!continuation)
            {
                _messageOpcode = _frame.Opcode;
                _utf8 = default;
                _compressed = _frame.Compressed;
                _compressedLength = 0;
            }

            if (_frame.PayloadLength > MaxRemainingLength())
            {
                Violation = Violations.MessageTooBig;
                return false;
            }
        }

        _inFrame = true;
        _frameRemaining = _frame.PayloadLength;
        _key = _frame.MaskingKey;
        return true;
    }

    private long MaxRemainingLength() => _compressed
        ? (long)_maxMessageLength + (_maxMessageLength / OverheadShare) + MinOverhead - _compressedLength
        : _maxMessageLength - _message.Length;

    /// <summary>Decompresses a piece of a compressed message's payload, and validates a piece of text.</summary>
    /// <param name="piece">The piece; empty afterwards if it was compressed.</param>
    /// <returns>False if the payload is invalid; <see cref="Violation"/> is set.</returns>
    private bool TakeData(ref Span<byte> piece)
    {
        if (_compressed)
        {
            _compressedLength += piece.Length;
            var compressed = piece;
            piece = default;
            return TryInflate(compressed);
        }

        if (_messageOpcode != Opcode.Text || _utf8.Append(piece))
            return true;
        Violation = Violations.TextNotUtf8;
        return false;
    }

    private bool TryInflate(ReadOnlySpan<byte> compressed)
    {
        InflateStatus status;
        do
        {
            var room = _message.Reserve(ExpectedRatio * compressed.Length, _maxMessageLength);
            status = inflater!.Inflate(ref compressed, room, out var written);
            // Text before the limit is validated first, so that the violation does not depend on the pieces of the input.
            var withinLimit = room[..Math.Min(written, _maxMessageLength - _message.Length)];
            _message.Advance(written);
            if (_messageOpcode == Opcode.Text && !_utf8.Append(withinLimit))
                Violation = Violations.TextNotUtf8;
            else if (_message.Length > _maxMessageLength)
                Violation = Violations.MessageTooBig;
            else if (status == InflateStatus.Invalid)
                Violation = Violations.CompressedDataInvalid;
            else
                continue;
            return false;
        }
        while (status == InflateStatus.OutputFull);
        return true;
    }

    private void Collect(ReadOnlySpan<byte> piece)
    {
        if (_frame.IsControl)
            _control.Append(piece, FrameHeader.MaxControlPayload);
        else
            _message.Append(piece, _maxMessageLength);
    }

    private ReadResult EndControl(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> payload)
    {
        payload = _control.Complete(piece, FrameHeader.MaxControlPayload);
        _delivered = true;
        switch (_frame.Opcode)
        {
            case Opcode.Ping:
                return ReadResult.Ping;
            case Opcode.Pong:
                return ReadResult.Pong;
            default:
                return ClosePayload.TryRead(payload, out _, out var violation) ? ReadResult.Close : Fail(violation);
        }
    }

    private ReadResult EndMessage(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (_compressed && !inflater!.TryEndMessage())
            return Fail(Violations.CompressedDataInvalid);
        var text = _messageOpcode == Opcode.Text;
        if (text && !_utf8.IsComplete)
            return Fail(Violations.TextNotUtf8);
        _messageOpcode = Opcode.Continuation;
        payload = _message.Complete(piece, _maxMessageLength);
        _delivered = true;
        return text ? ReadResult.Text : ReadResult.Binary;
    }

    private void ReleaseDelivered()
    {
        if (!_delivered)
            return;
        _delivered = false;
        _control.Release();
        if (!InMessage)
            _message.Release();
    }

    private ReadResult Fail(Violation violation)
    {
        Violation = violation;
        return ReadResult.Violation;
    }
}
