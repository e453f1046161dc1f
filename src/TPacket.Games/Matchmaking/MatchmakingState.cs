using System.Collections.Immutable;

namespace TPacket.Games.Matchmaking;

/// <summary>The members that look for a game, and those that have one. Immutable.</summary>
/// <param name="Seed">The seed of the codes of rooms.</param>
/// <param name="Number">How many matches there were.</param>
/// <param name="Seekers">The members that look for a game, by id.</param>
/// <param name="Rooms">The rooms of the members that have one and are still here, by id.</param>
internal sealed record MatchmakingState(long Seed, int Number, ImmutableSortedDictionary<int, Seeker> Seekers, ImmutableSortedDictionary<int, string> Rooms);
