using System.IO.Enumeration;

namespace TPacket.Server.Rules;

/// <summary>The rules of all rooms. Built once, with the server.</summary>
internal sealed class RulesTable(IEnumerable<RulesRegistration> registrations, IServiceProvider services)
{
    private readonly RulesBinding[] _bindings = [.. registrations.Select(registration => new RulesBinding(registration.Rooms, registration.Command, registration.Create(services)))];

    /// <summary>Whether no room has rules.</summary>
    public bool IsEmpty => _bindings.Length == 0;

    /// <summary>The rules of a room: those whose pattern was added first of all that match its name. Null for none.</summary>
    public RulesBinding? Find(string room)
    {
        foreach (var binding in _bindings)
        {
            if (FileSystemName.MatchesSimpleExpression(binding.Rooms, room, ignoreCase: false))
                return binding;
        }

        return null;
    }
}
