using System.Collections.Concurrent;
using TPacket.Transports;

namespace TPacket.WebSockets.Framing;

/// <summary>
/// Finished frames that any number of connections send without copying them. Reference-counted: it begins with one reference, its writer's, and goes
/// back to its pool with the last. One thread at a time appends; what was appended never changes while anybody else holds a reference.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>Capacity of a buffer that is kept for reuse, in bytes.</summary>
    public const int StandardCapacity = 4096;

    private const int KeptPerThread = 64;
    private const int KeptForAll = 256;

    private static readonly ConcurrentQueue<FrameBuffer> _shared = new();

    [ThreadStatic]
    private static Stack<FrameBuffer>? _kept;

    // Larger ones, whose arrays have gone back to theirs.
    [ThreadStatic]
    private static Stack<FrameBuffer>? _keptWithoutArray;

    private byte[] _array;
    private int _references;

    private FrameBuffer(byte[] array) => _array = array;

    /// <summary>How many bytes were appended.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes can still be appended.</summary>
    public int Remaining => _array.Length - Length;

    public byte[] Array => _array;

    /// <summary>A buffer for at least <paramref name="minimumCapacity"/> bytes, with one reference.</summary>
    public static FrameBuffer Rent(int minimumCapacity = 0)
    {
        FrameBuffer? buffer;
        if (minimumCapacity > StandardCapacity)
        {
            if (!(_keptWithoutArray ??= new Stack<FrameBuffer>(KeptPerThread)).TryPop(out buffer))
                buffer = new FrameBuffer([]);
            buffer._array = BufferPool.Rent(minimumCapacity);
        }
        else
        {
            BufferPool.Count(1);
            if (!(_kept ??= new Stack<FrameBuffer>(KeptPerThread)).TryPop(out buffer) && !_shared.TryDequeue(out buffer))
                buffer = new FrameBuffer(GC.AllocateUninitializedArray<byte>(StandardCapacity));
        }

        buffer.Length = 0;
        buffer._references = 1;
        return buffer;
    }

    /// <summary>Length in bytes of the frame that carries a payload of so many bytes.</summary>
    public static int FrameLength(int payloadLength) => FrameWriter.FrameLength(payloadLength);

    /// <summary>Appends a whole binary message, given in two parts, as one frame.</summary>
    /// <returns>The frame's length in bytes.</returns>
    /// <exception cref="ArgumentException">Less than <see cref="FrameLength"/> bytes remain.</exception>
    public int Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var payloadLength = head.Length + body.Length;
        if (Remaining < FrameLength(payloadLength))
            throw new ArgumentException($"A payload of {payloadLength} bytes does not fit into what remains, {Remaining} bytes.");
        return Append(new FrameForm(Opcode.Binary), head, body);
    }

    /// <summary>One more holder.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    /// <summary>One holder less.</summary>
    public void Release()
    {
        // The last holder is alone: nobody is left who could retain it meanwhile.
        if (Volatile.Read(ref _references) > 1 && Interlocked.Decrement(ref _references) > 0)
            return;
        if (_array.Length > StandardCapacity)
        {
            BufferPool.Return(_array);
            _array = [];
            TryKeep(_keptWithoutArray ??= new Stack<FrameBuffer>(KeptPerThread));
            return;
        }

        BufferPool.Count(-1);
        if (TryKeep(_kept ??= new Stack<FrameBuffer>(KeptPerThread)))
            return;
        if (_shared.Count < KeptForAll)
            _shared.Enqueue(this);
    }

    /// <summary>Empties the buffer if its writer is the only holder.</summary>
    public bool TryReset()
    {
        if (Volatile.Read(ref _references) != 1)
            return false;
        Length = 0;
        return true;
    }

    /// <summary>Appends a frame for which there is room.</summary>
    /// <returns>The frame's length in bytes.</returns>
    public int Append(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var length = FrameWriter.Write(_array.AsSpan(Length), form, head, body);
        Length += length;
        return length;
    }

    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
    }

    private bool TryKeep(Stack<FrameBuffer> kept)
    {
        if (kept.Count == KeptPerThread)
            return false;
        kept.Push(this);
        return true;
    }
}
