// The mark of Vethbook: two hosts and the cable between them.
//
// Not here: any other picture.

/** An SVG of 32 by 32. */
export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path d="M9 16h14" stroke="#c2410c" stroke-width="3"/>
<rect x="2" y="10" width="9" height="12" rx="2" fill="#1d4ed8"/>
<rect x="21" y="10" width="9" height="12" rx="2" fill="#1d4ed8"/>
</svg>
`;
