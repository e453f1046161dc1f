using TPacket.Client;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>All that one client has reported from its first connection until it was closed. Thread-safe while it is written; read when nobody writes any more.</summary>
/// <param name="name">Names the client in what is found; its texts begin with it.</param>
/// <param name="nick">Its first nick.</param>
/// <param name="isKept">Whether it is always back within its grace, so that the server never forgets it.</param>
internal sealed class ClientRecord(string name, string nick, bool isKept)
{
    private readonly Lock _gate = new();
    private readonly List<Note> _notes = [];
    private readonly List<Speech> _speeches = [];

    /// <summary>A record that is complete.</summary>
    public ClientRecord(string name, string nick, bool isKept, IEnumerable<Note> notes, IEnumerable<Speech> speeches)
        : this(name, nick, isKept) => (_notes, _speeches) = ([.. notes], [.. speeches]);

    public string Name => name;

    public string Nick => nick;

    public bool IsKept => isKept;

    public IReadOnlyList<Note> Notes => _notes;

    public IReadOnlyList<Speech> Speeches => _speeches;

    /// <summary>The ids that the client has had.</summary>
    public IEnumerable<int> Ids => _notes.Where(static note => note.Kind is NoteKind.Ready or NoteKind.Entered && note.UserId > 0).Select(static note => note.UserId).Distinct();

    /// <summary>The last notes, while others are written.</summary>
    public IReadOnlyList<Note> LastNotes(int count)
    {
        lock (_gate)
            return [.. _notes.TakeLast(count)];
    }

    public void Add(Note note)
    {
        lock (_gate)
            _notes.Add(note);
    }

    /// <summary>Adds a text that is about to be said.</summary>
    /// <param name="now">Gives the moment.</param>
    /// <param name="text">Makes the text of its number.</param>
    public Speech Say(Func<long> now, Func<int, string> text)
    {
        lock (_gate)
        {
            var speech = new Speech(text(_speeches.Count), _speeches.Count, now());
            _speeches.Add(speech);
            return speech;
        }
    }

    /// <summary>How often the client came back so.</summary>
    public int Count(SessionContinuity continuity) => Returns().Count(note => note.Continuity == continuity);

    /// <summary>The first note that the client was ready behind each loss of its connection.</summary>
    private IEnumerable<Note> Returns()
    {
        var isLost = false;
        foreach (var note in _notes)
        {
            if (note.Kind == NoteKind.Lost)
                isLost = true;
            if (note.Kind != NoteKind.Ready || !isLost)
                continue;
            isLost = false;
            yield return note;
        }
    }
}
