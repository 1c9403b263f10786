using Cake.Core;

namespace Cake.Frosting;

/// <summary>Cake's context as a base class.</summary>
/// <param name="context">Cake's own</param>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
