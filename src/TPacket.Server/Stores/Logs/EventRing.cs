using System.Runtime.InteropServices;

namespace TPacket.Server.Stores.Logs;

/// <summary>The latest events of a log, bounded in number and bytes. Slots and their buffers are reused, so that a full ring allocates nothing.</summary>
internal sealed class EventRing(int maxBytes, int maxEvents)
{
    private Slot[] _slots = [];
    private int _first;
    private int _count;
    private int _bytes;

    /// <summary>The offset from which no event of this ring was dropped.</summary>
    public long FirstKept { get; private set; }

    /// <summary>The number of events.</summary>
    public int Count => _count;

    /// <summary>The offset from which the ring keeps events in spite of its bounds.</summary>
    public long KeptFrom { get; set; } = long.MaxValue;

    /// <summary>Returns an event, oldest first. Its data is valid until the next event is added.</summary>
    public RoomEvent this[int index] => At(index).Event;

    /// <summary>Adds an event, and drops the oldest events beyond the bounds.</summary>
    /// <param name="roomEvent">The event; its data is copied.</param>
    /// <param name="previousCheck">The check before the event.</param>
    public void Add(in RoomEvent roomEvent, ulong previousCheck = 0)
    {
        var size = SizeOf(roomEvent);
        while (_count > 0 && (_count >= maxEvents || size > maxBytes - _bytes) && At(0).Event.Offset < KeptFrom)
            DropFirst();
        if ((maxEvents == 0 || size > maxBytes) && roomEvent.Offset < KeptFrom)
        {
            FirstKept = roomEvent.Offset + 1;
            return;
        }

        if (_count == _slots.Length)
            Grow();
        ref var slot = ref _slots[(_first + _count) % _slots.Length];
        slot.Keep(roomEvent, previousCheck);
        _count++;
        _bytes += size;
    }

    /// <summary>Returns whether the ring has a message or an announcement at an offset.</summary>
    public bool HasMessage(long offset) => IndexOf(offset) is var index && index < _count && At(index).Event is var there && there.Offset == offset && there.IsHistory;

    /// <summary>Removes the data of a message or announcement, if the ring has it.</summary>
    public void Delete(long offset)
    {
        if (!HasMessage(offset))
            return;
        ref var slot = ref At(IndexOf(offset));
        _bytes -= SizeOf(slot.Event);
        slot.Delete();
        _bytes += SizeOf(slot.Event);
    }

    /// <summary>Drops every event.</summary>
    public void Clear()
    {
        while (_count > 0)
            DropFirst();
    }

    /// <summary>Finds the check of the position before an event.</summary>
    /// <returns>False if the ring does not have the event.</returns>
    public bool TryGetPreviousCheck(long offset, out ulong check)
    {
        var index = IndexOf(offset);
        var found = index < _count && At(index).Event.Offset == offset;
        check = found ? At(index).PreviousCheck : 0;
        return found;
    }

    /// <summary>Returns whether the ring has the event before a position.</summary>
    public bool Has(RoomPosition position)
    {
        var index = IndexOf(position.Offset);
        return index < _count && At(index).Event is var there && there.Offset == position.Offset && there.Check == position.Check;
    }

    /// <summary>Copies the first events from an offset. The copied data shares one array.</summary>
    public RoomEvent[] Copy(long fromOffset, int most)
    {
        var skipped = IndexOf(fromOffset);
        var copies = new RoomEvent[Math.Min(_count - skipped, most)];
        var dataLength = 0;
        for (var i = 0; i < copies.Length; i++)
            dataLength += At(skipped + i).Event.Data.Length;
        var rest = new byte[dataLength].AsMemory();
        for (var i = 0; i < copies.Length; i++)
        {
            var kept = At(skipped + i).Event;
            kept.Data.CopyTo(rest);
            copies[i] = kept with { Data = rest[..kept.Data.Length] };
            rest = rest[kept.Data.Length..];
        }

        return copies;
    }

    /// <summary>Returns the index of the first event at or after an offset.</summary>
    private int IndexOf(long offset)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Event.Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Returns the size of an event in bytes.</summary>
    private static int SizeOf(in RoomEvent roomEvent) => roomEvent.IsHistory ? roomEvent.HistorySize : roomEvent.Data.Length;

    private ref Slot At(int index) => ref _slots[(_first + index) % _slots.Length];

    private void DropFirst()
    {
        ref var slot = ref At(0);
        FirstKept = slot.Event.Offset + 1;
        _bytes -= SizeOf(slot.Event);
        slot.Drop();
        _first = (_first + 1) % _slots.Length;
        _count--;
    }

    private void Grow()
    {
        // Most rooms have few events, so the ring grows in small steps.
        var length = Math.Max(_slots.Length + (_slots.Length / 2), 4);
        var grown = new Slot[_count < maxEvents ? Math.Min(length, maxEvents) : length];
        for (var i = 0; i < _count; i++)
            grown[i] = At(i);
        _slots = grown;
        _first = 0;
    }

    private struct Slot
    {
        // Larger arrays are not reused, because a ring of them would exceed its bound by far.
        private const int KeptLength = 256;

        /// <summary>The event. Its data is in the slot's array, which the next event reuses.</summary>
        public RoomEvent Event { get; private set; }

        public ulong PreviousCheck { get; private set; }

        private readonly byte[]? Array => MemoryMarshal.TryGetArray(Event.Data, out var segment) ? segment.Array : null;

        public void Keep(in RoomEvent roomEvent, ulong previousCheck)
        {
            var data = roomEvent.Data.Span;
            var array = Array;
            if (data.Length > 0 && (array is null || array.Length < data.Length))
                array = new byte[data.Length];
            data.CopyTo(array);
            Event = roomEvent with { Data = array.AsMemory(0, data.Length) };
            PreviousCheck = previousCheck;
        }

        public void Delete()
        {
            var array = Array;
            array.AsSpan().Clear();
            Event = Event.AsDeleted() with { Data = array.AsMemory(0, 0) };
        }

        public void Drop()
        {
            var array = Array;
            Event = default(RoomEvent) with { Data = array?.Length <= KeptLength ? array.AsMemory(0, 0) : default };
        }
    }
}
