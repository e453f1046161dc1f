using System.Runtime.CompilerServices;
using System.Text.Unicode;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Messages;

/// <summary>
/// Turns the bytes of one direction of a WebSocket into messages and control frames, whatever pieces they arrive in. Free of I/O.
/// A message that lies whole in the input is handed out where it lies; only what is cut or fragmented is collected.
/// </summary>
/// <param name="expectMasked">Whether the peer is a client, whose frames are masked.</param>
/// <param name="maxMessageLength">Longest message in bytes, judged from the frame headers alone; of a compressed one, as soon as it has unpacked to more.</param>
/// <param name="inflater">Unpacks compressed messages, where they were agreed on; null where they were not.</param>
internal sealed class MessageReader(bool expectMasked, int maxMessageLength, Inflater? inflater = null)
{
    // What a message that does not compress may grow by (RFC 7692, section 7.2.3.3), with much to spare: five bytes for each block.
    private const int LeastOverhead = 1024;
    private const int OverheadShare = 8;

    // Messages of people unpack to about so many times their length.
    private const int ExpectedRatio = 4;

    // A shorter fragment costs more to read than to send. Whoever cuts messages into fragments of a useful length stays above it.
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

    /// <summary>What the peer did wrong, after <see cref="ReadResult.Violation"/>.</summary>
    public Violation Violation { get; private set; }

    /// <summary>Whether nothing has to be remembered between what was read and what comes: no part of a message, and nothing that an inflater may need.</summary>
    public bool IsAtRest => inflater is null && !_inFrame && !InMessage && _partialHeader.Length == 0;

    /// <summary>Whether a message has begun and not ended.</summary>
    private bool InMessage => _messageOpcode != Opcode.Continuation;

    /// <summary>Takes a reader without an inflater. A connection needs one only while it reads: one serves all of a thread's connections that are between two messages.</summary>
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

    /// <summary>Gives back a reader that <see cref="IsAtRest"/>. It is not used afterwards.</summary>
    public static void Return(MessageReader reader) => _idle = reader;

    /// <summary>Reads up to the end of the next message, control frame or short fragment.</summary>
    /// <param name="input">What has arrived; advanced past what was read. Its bytes are unmasked in place.</param>
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

    /// <summary>Gives back what was collected. The reader is not used afterwards.</summary>
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

    /// <summary>Whether a frame is a message by itself, not compressed and all there, so that nothing has to be remembered of it.</summary>
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

    /// <summary>Judges what a header means at this place in the stream.</summary>
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

            if (_frame.PayloadLength > MostThatMayFollow())
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

    private long MostThatMayFollow() => _compressed
        ? (long)_maxMessageLength + (_maxMessageLength / OverheadShare) + LeastOverhead - _compressedLength
        : _maxMessageLength - _message.Length;

    /// <summary>Takes a piece of a message's payload: unpacks it where it is compressed, and checks it where it is text.</summary>
    /// <param name="piece">What is still to be collected.</param>
    private bool TakeData(ref Span<byte> piece)
    {
        if (_compressed)
        {
            _compressedLength += piece.Length;
            var packed = piece;
            piece = default;
            return TryUnpack(packed);
        }

        if (_messageOpcode != Opcode.Text || _utf8.Append(piece))
            return true;
        Violation = Violations.TextNotUtf8;
        return false;
    }

    private bool TryUnpack(ReadOnlySpan<byte> packed)
    {
        InflateStatus status;
        do
        {
            var room = _message.Reserve(ExpectedRatio * packed.Length, _maxMessageLength);
            status = inflater!.Inflate(ref packed, room, out var written);
            // What stands before the limit is judged first, wherever the input is cut.
            var judged = room[..Math.Min(written, _maxMessageLength - _message.Length)];
            _message.Advance(written);
            if (_messageOpcode == Opcode.Text && !_utf8.Append(judged))
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
