using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The control frames that wait for a full socket: one pong, one ping, and one frame that is partly sent. A new frame replaces a waiting frame of its kind, but never the partly sent one. Therefore the last
/// ping is always answered (RFC 6455, section 5.5.3), and a peer cannot make more than three frames wait.
/// </summary>
internal sealed class PendingControlFrames
{
    private Slot _pong = new();
    private Slot _ping = new();
    private Slot _partial = new();
    private int _sent;

    public bool IsEmpty => _partial.Length + _pong.Length + _ping.Length == 0;

    /// <summary>Whether a frame is partly sent: its remaining bytes have to follow first.</summary>
    public bool IsPartlySent => _partial.Length > 0;

    /// <summary>The bytes to send next.</summary>
    public ReadOnlySpan<byte> Next => IsPartlySent ? _partial.Bytes[_sent..] : _pong.Length > 0 ? _pong.Bytes : _ping.Bytes;

    public void Set(FrameForm form, ReadOnlySpan<byte> payload) => (form.Opcode == Opcode.Ping ? _ping : _pong).Write(form, payload);

    /// <summary>Removes bytes of <see cref="Next"/> that were sent.</summary>
    public void Advance(int sent)
    {
        if (sent == 0)
            return;
        if (!IsPartlySent)
        {
            if (_pong.Length > 0)
                (_partial, _pong) = (_pong, _partial);
            else
                (_partial, _ping) = (_ping, _partial);
        }

        _sent += sent;
        if (_sent < _partial.Length)
            return;
        _partial.Length = 0;
        _sent = 0;
    }

    private sealed class Slot
    {
        private readonly byte[] _frame = new byte[FrameWriter.FrameLength(FrameHeader.MaxControlPayload, masked: true)];

        public int Length { get; set; }

        public ReadOnlySpan<byte> Bytes => _frame.AsSpan(0, Length);

        public void Write(FrameForm form, ReadOnlySpan<byte> payload) => Length = FrameWriter.Write(_frame, form, payload, []);
    }
}
