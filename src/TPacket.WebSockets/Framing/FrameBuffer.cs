using System.Collections.Concurrent;
using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Framing;

/// <summary>
/// A pooled buffer of encoded frames that any number of connections send without copying. It is reference-counted: a rented buffer has one reference, its writer's, and returns to its pool when the
/// last reference is released. One thread at a time appends; appended bytes do not change while the buffer has other references.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>Capacity in bytes of a buffer that is pooled together with its array.</summary>
    public const int StandardCapacity = 4096;

    private const int KeptPerThread = 64;
    private const int KeptForAll = 256;

    private static readonly ConcurrentQueue<FrameBuffer> _shared = new();

    [ThreadStatic]
    private static Stack<FrameBuffer>? _kept;

    // Instances of larger buffers, whose arrays were returned to BufferPool.
    [ThreadStatic]
    private static Stack<FrameBuffer>? _keptWithoutArray;

    private byte[] _array;
    private int _references;

    private FrameBuffer(byte[] array) => _array = array;

    /// <summary>Number of appended bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Number of bytes that can still be appended.</summary>
    public int Remaining => _array.Length - Length;

    public byte[] Array => _array;

    /// <summary>Rents a buffer for at least <paramref name="minimumCapacity"/> bytes, with one reference.</summary>
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

    /// <summary>Returns the length in bytes of an unmasked frame with a payload of <paramref name="payloadLength"/> bytes.</summary>
    public static int FrameLength(int payloadLength) => FrameWriter.FrameLength(payloadLength);

    /// <summary>Appends a binary message that consists of two parts, as one frame.</summary>
    /// <returns>Length of the frame in bytes.</returns>
    /// <exception cref="ArgumentException">Less than <see cref="FrameLength"/> bytes remain.</exception>
    public int Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var payloadLength = head.Length + body.Length;
        if (Remaining < FrameLength(payloadLength))
            throw new ArgumentException($"A payload of {payloadLength} bytes does not fit into the remaining {Remaining} bytes.");
        return Append(new FrameForm(Opcode.Binary), head, body);
    }

    /// <summary>Adds a reference.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    /// <summary>Removes a reference. The removal of the last reference returns the buffer to its pool.</summary>
    public void Release()
    {
        // The owner of the only reference needs no atomic operation: no other thread can add or remove a reference.
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

    /// <summary>Empties the buffer if its only reference is the writer's.</summary>
    public bool TryReset()
    {
        if (Volatile.Read(ref _references) != 1)
            return false;
        Length = 0;
        return true;
    }

    /// <summary>Appends a frame that fits.</summary>
    /// <returns>Length of the frame in bytes.</returns>
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
