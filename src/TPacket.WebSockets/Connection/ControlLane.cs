using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The control frames that wait for a full socket: the last pong, the last ping and the one that is under way. A newer one takes the place of its own
/// kind only, and never of one that is under way, so that the last ping is always answered, and the peer cannot make more than three wait.
/// </summary>
internal sealed class ControlLane
{
    private Slot _pong = new();
    private Slot _ping = new();
    private Slot _underWay = new();
    private int _sent;

    public bool IsEmpty => _underWay.Length + _pong.Length + _ping.Length == 0;

    /// <summary>Whether a frame has been sent in part, so that only its rest may follow.</summary>
    public bool IsUnderWay => _underWay.Length > 0;

    /// <summary>What is to be sent next.</summary>
    public ReadOnlySpan<byte> Next => IsUnderWay ? _underWay.Bytes[_sent..] : _pong.Length > 0 ? _pong.Bytes : _ping.Bytes;

    public void Set(FrameForm form, ReadOnlySpan<byte> payload) => (form.Opcode == Opcode.Ping ? _ping : _pong).Write(form, payload);

    /// <summary>Bytes of <see cref="Next"/> were sent.</summary>
    public void Advance(int sent)
    {
        if (sent == 0)
            return;
        if (!IsUnderWay)
        {
            if (_pong.Length > 0)
                (_underWay, _pong) = (_pong, _underWay);
            else
                (_underWay, _ping) = (_ping, _underWay);
        }

        _sent += sent;
        if (_sent < _underWay.Length)
            return;
        _underWay.Length = 0;
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
